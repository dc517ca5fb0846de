package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;

/**
 * The weights of all groups as panels of up to four vectors of target channels: the panel of column
 * n begins at {@link #at}, on a cache line if there are two vectors; missing columns are zero.
 */
final class ConvPanels {
  private static final int L = VectorWidth.LANES;

  private ConvPanels() {}

  /**
   * Number of vectors of the panel that begins at a column: 4, 2 or 1.
   *
   * @param columns the columns, rounded up to whole vectors
   * @param most the most vectors of a panel
   */
  static int vectors(int column, int columns, int most) {
    return Math.min(Integer.highestOneBit((columns - column) / L), most);
  }

  /** Where the panel of a group's column {@code n} begins. */
  static int at(ConvGeometry g, int group, int n) {
    return VectorWidth.ALIGNED + (group * VectorWidth.roundedUp(g.groupTarget) + n) * g.terms;
  }

  /**
   * Packs the weights of a call into its panels.
   *
   * @param transposed whether the target is the weights' input channel (backward-input)
   */
  static void pack(ConvCall c, boolean transposed) {
    ConvGeometry g = c.geometry;
    int columns = VectorWidth.roundedUp(g.groupTarget);
    int elements = Math.multiplyExact(Math.multiplyExact(g.groups, columns), g.terms);
    float[] panels = c.panels(Math.addExact(elements, VectorWidth.ALIGNED));
    for (int group = 0; group < g.groups; group++) {
      int width;
      for (int n = 0; n < columns; n += width) {
        width = g.panelVectors(n) * L;
        int valid = Math.min(width, g.groupTarget - n);
        int to = at(g, group, n);
        for (int k = 0; k < g.terms; k++, to += width) {
          if (transposed && !g.channelwise) {
            int from = weight(c, g.tapIndex[k / g.groupSource], n, group, k % g.groupSource);
            for (int j = 0; j < valid; j++) {
              panels[to + j] = c.w[from + j * c.filters];
            }
          } else {
            int from = weight(c, g.tapIndex[k / g.groupSource], k % g.groupSource, group, n);
            System.arraycopy(c.w, from, panels, to, valid);
          }
          Arrays.fill(panels, to + valid, to + width, 0f);
        }
      }
    }
  }

  /** Where the weight of a tap lies, from a group's channel to one of its filters. */
  private static int weight(ConvCall c, int tap, int channel, int group, int filter) {
    int groups = c.shape.groups();
    int row = tap * (c.shape.inChannels() / groups) + channel;
    return c.wAt + row * c.filters + group * (c.filters / groups) + filter;
  }
}
