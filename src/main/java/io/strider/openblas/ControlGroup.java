package io.strider.openblas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The limits that Linux control groups, version 1 or 2, set for this process: the smallest of its
 * own group and the groups above it, as far as they can be seen from inside a container.
 *
 * @param cpus how many processors' time it may use, empty if that is not limited
 * @param memoryBytes how much memory it may use, empty if that is not limited
 */
record ControlGroup(OptionalDouble cpus, OptionalLong memoryBytes) {
    /**
     * Version 1 writes about this much where there is no limit: the largest number of whole pages.
     */
    private static final long UNLIMITED = Long.MAX_VALUE - (1 << 20);

    /**
     * A mounted hierarchy: the group that is its root, where it is mounted, and what it controls.
     */
    private record Mount(String root, String point, String type, List<String> options) {}

    /** The group of this process in a hierarchy. */
    private record Membership(String hierarchy, List<String> controllers, String path) {}

    /**
     * Reads the limits.
     *
     * @param root the folder that stands for {@code /}
     */
    static ControlGroup read(Path root) {
        List<Mount> mounts = mounts(root);
        double cpus = Double.POSITIVE_INFINITY;
        long memory = Long.MAX_VALUE;
        for (Membership membership : memberships(root)) {
            for (Path folder : folders(root, mounts, membership, "cpu")) {
                cpus = Math.min(cpus, cpus(folder));
            }
            for (Path folder : folders(root, mounts, membership, "memory")) {
                memory = Math.min(memory, memory(folder));
            }
        }
        return new ControlGroup(
                cpus == Double.POSITIVE_INFINITY ? OptionalDouble.empty() : OptionalDouble.of(cpus),
                memory >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(memory));
    }

    private static double cpus(Path folder) {
        List<String> max = words(folder.resolve("cpu.max"));
        double quota = max.size() == 2 ? number(max.get(0)) : -1;
        double period = max.size() == 2 ? number(max.get(1)) : -1;
        if (max.isEmpty()) {
            quota = number(first(folder.resolve("cpu.cfs_quota_us")));
            period = number(first(folder.resolve("cpu.cfs_period_us")));
        }
        return quota > 0 && period > 0 ? quota / period : Double.POSITIVE_INFINITY;
    }

    private static long memory(Path folder) {
        String max = first(folder.resolve("memory.max"));
        long bytes = number(max.isEmpty() ? first(folder.resolve("memory.limit_in_bytes")) : max);
        return bytes > 0 ? bytes : Long.MAX_VALUE;
    }

    /** The folders of a group and of those above it, in the hierarchy that has a controller. */
    private static List<Path> folders(
            Path root, List<Mount> mounts, Membership membership, String controller) {
        boolean second = membership.hierarchy.equals("0") && membership.controllers.isEmpty();
        if (!second && !membership.controllers.contains(controller)) {
            return List.of();
        }
        List<Path> folders = new ArrayList<>();
        for (Mount mount : mounts) {
            boolean fits =
                    second
                            ? mount.type.equals("cgroup2")
                            : mount.type.equals("cgroup") && mount.options.contains(controller);
            if (!fits) {
                continue;
            }
            Path top = inside(root, mount.point);
            Path folder = top.resolve(below(mount.root, membership.path)).normalize();
            while (folder != null && folder.startsWith(top)) {
                folders.add(folder);
                folder = folder.getParent();
            }
        }
        return folders;
    }

    /** A group's path relative to the group that is mounted; empty if it lies outside of it. */
    private static String below(String mounted, String path) {
        if (List.of(path.split("/", -1)).contains("..")) {
            return "";
        }
        if (mounted.equals("/")) {
            return path.substring(Math.min(1, path.length()));
        }
        return path.startsWith(mounted + "/") ? path.substring(mounted.length() + 1) : "";
    }

    private static List<Membership> memberships(Path root) {
        List<Membership> memberships = new ArrayList<>();
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                memberships.add(new Membership(fields[0], list(fields[1]), fields[2]));
            }
        }
        return memberships;
    }

    private static List<Mount> mounts(Path root) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : lines(root.resolve("proc/self/mountinfo"))) {
            String[] halves = line.split(" - ", 2);
            String[] front = halves[0].split(" ", -1);
            String[] back = halves.length == 2 ? halves[1].split(" ", -1) : new String[0];
            if (front.length >= 5 && back.length >= 3 && back[0].startsWith("cgroup")) {
                mounts.add(
                        new Mount(unescape(front[3]), unescape(front[4]), back[0], list(back[2])));
            }
        }
        return mounts;
    }

    /**
     * The kernel writes a space as {@code \040}, a tab as {@code \011}, a backslash as {@code
     * \134}.
     */
    private static String unescape(String path) {
        return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    private static List<String> list(String commas) {
        return commas.isEmpty() ? List.of() : Arrays.asList(commas.split(",", -1));
    }

    private static Path inside(Path root, String absolute) {
        return root.resolve(absolute.substring(Math.min(1, absolute.length()))).normalize();
    }

    private static String first(Path file) {
        List<String> words = words(file);
        return words.isEmpty() ? "" : words.get(0);
    }

    private static List<String> words(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? List.of() : Arrays.asList(lines.get(0).strip().split("\\s+", -1));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException _) {
            return List.of(); // not there, or not for us to read: no limit is known
        }
    }

    private static long number(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException _) {
            return -1; // "max", or something unknown
        }
    }
}
