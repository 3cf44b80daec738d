/**
 * The generated bindings of OpenBLAS, and what finds and loads the library that they call.
 *
 * <p>{@link io.strider.openblas.OpenBlasLibrary#load()} must have returned before a function of
 * {@link io.strider.openblas.OpenBlas} is called: a bound function that is called too early stays
 * broken for the life of the JVM. {@code OpenBlas} and {@code OpenBlasRuntime} are written by
 * jextract from {@code native/openblas.h} ({@code scripts/generate-bindings}) and are never edited.
 *
 * <h2>Where the library is looked for</h2>
 *
 * The first that fits is taken; every one that does not is named, with its reason, if none fits.
 *
 * <ol>
 *   <li>the file that the system property {@code strider.openblas.library} names, else the one that
 *       the environment variable {@code STRIDER_OPENBLAS_LIBRARY} names. If it does not fit, that
 *       is an error: nothing else is tried. An empty value counts as not set;
 *   <li>{@code libopenblas.so.0}, then {@code libopenblas.so}, in the system's library folders,
 *       then in the folders of Debian's alternatives ({@code openblas-pthread}, {@code
 *       openblas-openmp}, {@code openblas-serial}), then in those of {@code LD_LIBRARY_PATH} and
 *       {@code java.library.path}, then wherever the dynamic loader finds them by name;
 *   <li>the natives jar {@code org.bytedeco:openblas} on the class path, unpacked to the folder
 *       {@code strider.cache} (else {@code $XDG_CACHE_HOME/strider}, else {@code
 *       ~/.cache/strider}), which only its owner may write; each file is compared with the jar's by
 *       SHA-256 at every start.
 * </ol>
 *
 * A library with 64-bit indices (INTERFACE64) is refused, and so is one that lacks a function the
 * bindings need.
 *
 * <h2>Which kernels it runs</h2>
 *
 * OpenBLAS chooses its kernels for the processor while it is being loaded. The system property
 * {@code strider.openblas.coretype} says how: {@code environment} (the default: as the process's
 * environment has it), {@code detect} (the variables that override the detection are removed from
 * the process's environment first) or the name of a core such as {@code SkylakeX}. If the processor
 * has AVX-512 and the kernels do not use it, one warning goes to the {@link
 * java.lang.System.Logger} named {@code io.strider.openblas}.
 *
 * <p>OpenBLAS is put to one thread: Strider splits the work among threads of its own.
 */
@NullMarked
package io.strider.openblas;

import org.jspecify.annotations.NullMarked;
