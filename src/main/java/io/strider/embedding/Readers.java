package io.strider.embedding;

import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/** The two readers of other people's that are used: the JDK's for JPEG, TwelveMonkeys' for WebP. */
final class Readers {
    private static final String WEBP_PROVIDER =
            "com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi";

    private Readers() {}

    static ImageReader jpeg() throws IOException {
        ImageReaderSpi provider = Jpeg.PROVIDER;
        if (provider == null) {
            throw new IOException("this Java runtime has no JPEG reader (expected: java.desktop)");
        }
        return provider.createReaderInstance();
    }

    static ImageReader webp() throws IOException {
        ImageReaderSpi provider = Webp.PROVIDER;
        if (provider == null) {
            throw new IOException(
                    "there is no WebP reader (expected: com.twelvemonkeys.imageio:imageio-webp on"
                            + " the class path)");
        }
        return provider.createReaderInstance();
    }

    /** Found at the first JPEG. */
    private static final class Jpeg {
        static final @Nullable ImageReaderSpi PROVIDER = find();

        /** The JDK's own: one that was put before it might apply profiles or lack rasters. */
        private static @Nullable ImageReaderSpi find() {
            Iterator<ImageReaderSpi> providers =
                    IIORegistry.getDefaultInstance()
                            .getServiceProviders(ImageReaderSpi.class, true);
            while (providers.hasNext()) {
                ImageReaderSpi provider = providers.next();
                if (provider.getClass().getName().startsWith("com.sun.imageio.plugins.jpeg.")) {
                    return provider;
                }
            }
            return null;
        }
    }

    /** Found at the first WebP. */
    private static final class Webp {
        static final @Nullable ImageReaderSpi PROVIDER = find();

        /**
         * Asked for by the class loader that loaded this library, and not by ImageIO's registry,
         * which looks where the thread that came first happens to look.
         */
        private static @Nullable ImageReaderSpi find() {
            try {
                return ServiceLoader.load(ImageReaderSpi.class, Readers.class.getClassLoader())
                        .stream()
                        .filter(provider -> provider.type().getName().equals(WEBP_PROVIDER))
                        .map(ServiceLoader.Provider::get)
                        .findFirst()
                        .orElse(null);
            } catch (ServiceConfigurationError _) {
                return null; // somebody else's provider is broken
            }
        }
    }
}
