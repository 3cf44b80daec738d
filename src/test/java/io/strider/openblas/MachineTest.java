package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTest {
    private static final String V2_MOUNT =
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw,nsdelegate\n";

    @TempDir Path root;

    @Test
    void readsModelAndFeaturesOfTheFirstProcessor() throws IOException {
        write(
                "proc/cpuinfo",
                """
                processor\t: 0
                vendor_id\t: GenuineIntel
                model name\t: Intel(R) Xeon(R) Platinum 8488C
                flags\t\t: fpu sse sse2 sse4_2 avx f16c fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16 amx_bf16 amx_tile

                processor\t: 1
                model name\t: Another
                flags\t\t: fpu
                """);
        Machine machine = Machine.read(root, 3);
        assertThat(machine.cpuModel()).isEqualTo("Intel(R) Xeon(R) Platinum 8488C");
        assertThat(machine.features())
                .containsExactly(
                        "amx_bf16",
                        "amx_tile",
                        "avx",
                        "avx2",
                        "avx512_bf16",
                        "avx512bw",
                        "avx512cd",
                        "avx512dq",
                        "avx512f",
                        "avx512vl",
                        "fma",
                        "sse4_2");
        assertThat(machine.hasAvx512()).isTrue();
        assertThat(machine.processors()).isEqualTo(3);
    }

    @Test
    void avx512NeedsAllFiveParts() throws IOException {
        write("proc/cpuinfo", "model name : Knights\nflags : avx2 avx512f avx512cd avx512er\n");
        assertThat(Machine.read(root, 1).hasAvx512()).isFalse();
    }

    @Test
    void readsArm() throws IOException {
        write(
                "proc/cpuinfo",
                "processor : 0\nFeatures : fp asimd sve sve2\nCPU implementer : 0x41\n");
        Machine machine = Machine.read(root, 4);
        assertThat(machine.cpuModel()).isEqualTo("unknown");
        assertThat(machine.features()).containsExactly("asimd", "sve", "sve2");
        assertThat(machine.hasAvx512()).isFalse();
    }

    @Test
    void knowsNothingWhereTheSystemSaysNothing() {
        Machine machine = Machine.read(root.resolve("nothing"), 2);
        assertThat(machine)
                .isEqualTo(
                        new Machine(
                                "unknown",
                                java.util.Set.of(),
                                2,
                                OptionalDouble.empty(),
                                OptionalLong.empty()));
    }

    @Test
    void readsThisMachine() {
        Machine machine = Machine.current();
        assertThat(machine.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
        machine.cpuLimit().ifPresent(limit -> assertThat(limit).isPositive());
    }

    @ParameterizedTest
    @CsvSource({"max 100000,", "150000 100000,1.5", "50000 100000,0.5", "garbage,", "0 100000,"})
    void readsCpuMaxOfVersionTwo(String content, Double expected) throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", V2_MOUNT);
        write("sys/fs/cgroup/cpu.max", content + "\n");
        assertCpus(expected);
    }

    @Test
    void takesTheSmallestLimitOnTheWayUp() throws IOException {
        write("proc/self/cgroup", "0::/outer.slice/inner.scope\n");
        write("proc/self/mountinfo", V2_MOUNT);
        write("sys/fs/cgroup/outer.slice/cpu.max", "200000 100000\n");
        write("sys/fs/cgroup/outer.slice/memory.max", "max\n");
        write("sys/fs/cgroup/outer.slice/inner.scope/cpu.max", "800000 100000\n");
        write("sys/fs/cgroup/outer.slice/inner.scope/memory.max", "1073741824\n");
        write("sys/fs/cgroup/other.slice/cpu.max", "1000 100000\n");
        assertCpus(2.0);
        assertThat(ControlGroup.read(root).memoryBytes()).hasValue(1L << 30);
    }

    @Test
    void readsVersionOneWithSharedControllersAndAMountedSubgroup() throws IOException {
        write(
                "proc/self/cgroup",
                "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n");
        write(
                "proc/self/mountinfo",
                """
                35 30 0:31 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
                36 30 0:32 /docker/abc /sys/fs/cgroup/memory ro shared:7 - cgroup cgroup rw,memory
                """);
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000\n");
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
        assertCpus(2.5);
        assertThat(ControlGroup.read(root).memoryBytes()).hasValue(512L << 20);
    }

    @Test
    void versionOneWithoutLimitsHasNone() throws IOException {
        write("proc/self/cgroup", "2:cpu:/a\n3:memory:/a\n");
        write(
                "proc/self/mountinfo",
                """
                35 30 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
                36 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                """);
        write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
        write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(ControlGroup.read(root))
                .isEqualTo(new ControlGroup(OptionalDouble.empty(), OptionalLong.empty()));
    }

    @Test
    void aPathThatLeavesTheMountIsReadAtTheMount() throws IOException {
        write("proc/self/cgroup", "0::/../../escaped\n");
        write("proc/self/mountinfo", V2_MOUNT);
        write("sys/fs/cgroup/cpu.max", "300000 100000\n");
        assertCpus(3.0);
    }

    @Test
    void damagedFilesSayNothing() throws IOException {
        write("proc/cpuinfo", ":\nflags\nmodel name :\n::::\n");
        write("proc/self/cgroup", "x\n0::\n::\n");
        write("proc/self/mountinfo", "1 2 3 - cgroup2\n\n - \n1 2 3 4 5 - cgroup2 a b\n");
        Machine machine = Machine.read(root, 1);
        assertThat(machine.cpuModel()).isEqualTo("unknown");
        assertThat(machine.cpuLimit()).isEmpty();
    }

    private void assertCpus(Double expected) {
        assertThat(ControlGroup.read(root).cpus())
                .isEqualTo(expected == null ? OptionalDouble.empty() : OptionalDouble.of(expected));
    }

    private void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
