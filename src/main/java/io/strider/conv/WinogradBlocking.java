package io.strider.conv;

/**
 * How the work of one Winograd layer is cut: into blocks of tiles, and output channels into groups.
 * Sizes count floats. Immutable.
 *
 * <p>A block's inputs are transformed once; then, group by group, its products are computed and
 * transformed back while they are in cache. Where threads share so few tiles that some would be
 * idle, blocks are made smaller or groups become tasks of their own ({@link GemmCut}), and each of
 * these transforms the inputs anew: that costs a few per cent of the products (6·6 loads and stores
 * a tile and channel against 2·36·{@link #GROUP} operations).
 *
 * @param tiles most tiles of a block
 * @param inPitch channels of the input, rounded up to whole vectors
 * @param group output channels of a group, but for the last
 * @param groups how many
 */
record WinogradBlocking(
        WinogradTile tile,
        long inChannels,
        long outChannels,
        long inPitch,
        long tiles,
        long group,
        int groups) {
    /** What a task may need: 4 MiB. */
    static final long MOST_SCRATCH = (4L << 20) / Float.BYTES;

    /** Channels that the scratch has room for. */
    static final long MOST_CHANNELS = 4096;

    /** Output channels of a group: two panels of the quickest product. */
    static final long GROUP = 128;

    /** What V and M of a block should take: with the weights about a second-level cache. */
    private static final long CACHE = (1L << 20) / Float.BYTES;

    /** Tiles of a block that reading the weights of its products is worth, cache or not. */
    private static final long FEWEST_TILES = 30;

    /** The same for weights that come from memory, being larger than {@link #NEAR}. */
    private static final long FEWEST_TILES_FAR = 48;

    /** Weights up to here stay in a third-level cache. */
    private static final long NEAR = (16L << 20) / Float.BYTES;

    /** Blocks are multiples of this where there are many: the rows of the quickest product. */
    private static final long ROWS = 6;

    /** Between two positions, lest 36 of them meet in one set of the cache. */
    private static final long GAP = 16;

    static WinogradBlocking of(WinogradTile tile, long inChannels, long outChannels) {
        long inPitch = pitch(inChannels);
        long group = Math.min(GROUP, outChannels);
        int groups = Math.toIntExact(Math.ceilDiv(outChannels, group));
        long each = tile.positions() * (inPitch + pitch(group));
        long fixed = sizes(tile, inPitch, pitch(group), 0);
        long most = (MOST_SCRATCH - fixed) / each;
        boolean near = tile.positions() * inChannels * outChannels <= NEAR;
        long fewest = near ? FEWEST_TILES : FEWEST_TILES_FAR;
        long tiles = Math.min(most, Math.max(fewest, CACHE / each));
        if (tiles > ROWS) {
            tiles -= tiles % ROWS;
        }
        return new WinogradBlocking(
                tile, inChannels, outChannels, inPitch, Math.max(1, tiles), group, groups);
    }

    /** Channels rounded up to whole vectors of any length. */
    static long pitch(long channels) {
        return Math.ceilDiv(channels, Epilogue.PADDING) * Epilogue.PADDING;
    }

    private static long sizes(WinogradTile tile, long inPitch, long outPitch, long tiles) {
        long outputs = (long) tile.outputs() * tile.outputs();
        return WinogradTransforms.BETWEEN
                + tile.positions() * (tiles * (inPitch + outPitch) + 2 * GAP)
                + tile.positions() * inPitch
                + 2 * outputs * outPitch;
    }

    /** Output channels of a group, rounded up to whole vectors. */
    long outPitch() {
        return pitch(group);
    }

    /** First output channel of a group. */
    long first(int which) {
        return which * group;
    }

    /** Output channels of a group. */
    long count(int which) {
        return Math.min(group, outChannels - first(which));
    }

    /** Floats of scratch. */
    long scratch() {
        return sizes(tile, inPitch, outPitch(), tiles);
    }

    /** Floats from position to position of V, the transformed inputs. */
    long inStep() {
        return tiles * inPitch + GAP;
    }

    /** Floats from position to position of M, the products. */
    long outStep() {
        return tiles * outPitch() + GAP;
    }

    /** Where V begins in scratch. */
    long inputsAt() {
        return WinogradTransforms.BETWEEN;
    }

    /** Where M begins. */
    long productsAt() {
        return inputsAt() + tile.positions() * inStep();
    }

    /** Where a tile of inputs has room that the picture's edge cuts. */
    long inTileAt() {
        return productsAt() + tile.positions() * outStep();
    }

    /** Where a tile of outputs has. */
    long outTileAt() {
        return inTileAt() + tile.positions() * inPitch;
    }

    /** Where a tile of the residual has. */
    long residualTileAt() {
        return outTileAt() + (long) tile.outputs() * tile.outputs() * outPitch();
    }
}
