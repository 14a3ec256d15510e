//! The colours of a picture. A card of its own, dark: it reads the same on Slack's white and on its dark background, and
//! does not blind anybody at night. The contrast of every text on it is above 4.5 to 1.

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
pub(super) const HEAT: [u32; 4] = [0x2c_4a_6e, 0x3f_7f_b8, 0xf2_a9_3b, 0xff_6b_4a];

/// Told apart by people who see no red or no green, too: lightness differs from each to the next.
const SERIES: [u32; 8] =
    [0x4c_b1_ff, 0xff_b6_4c, 0x5f_d3_a2, 0xd6_8c_ff, 0xff_8f_a3, 0xe8_de_5a, 0x3f_d0_d6, 0xb9_c2_cf];

/// The colour of a series.
pub(super) fn series(index: usize) -> u32 {
    SERIES.get(index % SERIES.len()).copied().unwrap_or(TEXT)
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
    let part = place - from as f32;
    let mix = |low: u8, high: u8| (f32::from(low) + (f32::from(high) - f32::from(low)) * part).round() as u8;
    let ([_, r, g, b], [_, to_r, to_g, to_b]) = (low.to_be_bytes(), high.to_be_bytes());
    u32::from_be_bytes([0, mix(r, to_r), mix(g, to_g), mix(b, to_b)])
}
