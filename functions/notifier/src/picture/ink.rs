//! The colours of a picture. A card of its own: on nothing, a text would have to be read on Slack's white and on its dark
//! background, and no colour has a contrast of 4.5 to 1 with both. A dark one, since a white one blinds whoever reads it at
//! night. Every text on it has that contrast.

use tiny_skia::Color;

/// The card.
pub(super) const CARD: u32 = 0x1b_20_28;
/// Its edge, so that it does not melt into a dark background.
pub(super) const EDGE: u32 = 0x36_3e_4a;
/// Titles and values.
pub(super) const TEXT: u32 = 0xf2_f4_f7;
/// Everything that is only looked up.
pub(super) const DIM: u32 = 0xa9_b2_c0;
/// Lines to compare with.
pub(super) const GRID: u32 = 0x30_38_44;
/// What must not be crossed.
pub(super) const THRESHOLD: u32 = 0xff_6b_6b;
/// Where a heat map is cold and where it is hot.
pub(super) const COLD: u32 = 0x27_2e_39;
const HEAT: [u32; 5] = [0x4a_30_78, 0x8f_35_85, 0xd8_4a_68, 0xf7_93_4c, 0xfd_e0_70];

/// Told apart by people who see no red or no green, too: lightness differs from each to the next.
const SERIES: [u32; 8] =
    [0x4c_b1_ff, 0xff_b6_4c, 0x5f_d3_a2, 0xd6_8c_ff, 0xff_8f_a3, 0xe8_de_5a, 0x3f_d0_d6, 0xb9_c2_cf];

/// The colour of a series.
pub(super) fn series(index: usize) -> u32 {
    SERIES.get(index % SERIES.len()).copied().unwrap_or(TEXT)
}

/// The same, paler: for what is there for comparison.
pub(super) fn pale(rgb: u32) -> u32 {
    mixed(rgb, DIM, 0.5)
}

/// `0xrrggbb`, and how much of it covers, 0 to 1.
pub(super) fn color(rgb: u32, cover: f32) -> Color {
    let [_, red, green, blue] = rgb.to_be_bytes();
    let mut color = Color::from_rgba8(red, green, blue, 255);
    color.set_alpha(cover.clamp(0.0, 1.0));
    color
}

/// How hot, 0 to 1, as a colour.
pub(super) fn heat(share: f32) -> u32 {
    let place = share.clamp(0.0, 1.0) * (HEAT.len() - 1) as f32;
    let from = (place as usize).min(HEAT.len() - 2);
    let (Some(low), Some(high)) = (HEAT.get(from), HEAT.get(from + 1)) else { return COLD };
    mixed(*low, *high, place - from as f32)
}

fn mixed(from: u32, to: u32, share: f32) -> u32 {
    let mix = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
    let ([_, r, g, b], [_, to_r, to_g, to_b]) = (from.to_be_bytes(), to.to_be_bytes());
    u32::from_be_bytes([0, mix(r, to_r), mix(g, to_g), mix(b, to_b)])
}
