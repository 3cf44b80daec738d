// Colours for numbers from 0 to 1: the same scale as io.strider.cli.ColorScale, interpolated in OKLab
// (Björn Ottosson, "A perceptual color space for image processing", 2020).

const ANCHORS = [0x0b0f2b, 0x2c2a72, 0x6f3a94, 0xb8487f, 0xec6f5c, 0xf9a95f, 0xfdf0c4].map(rgb => lab([
  linear(rgb >> 16 & 0xff), linear(rgb >> 8 & 0xff), linear(rgb & 0xff)]));

/** The colour of a number, as three numbers from 0 to 255; what lies outside 0 to 1 counts as 0 or 1. */
export function color(value) {
  const place = Math.min(1, Math.max(0, value || 0)) * (ANCHORS.length - 1);
  const from = Math.min(Math.floor(place), ANCHORS.length - 2);
  const share = place - from;
  return rgb(ANCHORS[from].map((anchor, i) => anchor * (1 - share) + ANCHORS[from + 1][i] * share));
}

/** Black or white, whichever can be read better on that colour: the contrast is at least 4.5 to 1. */
export function ink(rgb) {
  const luminance = 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
  return luminance > 0.179 ? '#000' : '#fff';
}

function lab([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s];
}

function rgb([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s].map(byte);
}

function linear(value) {
  const c = value / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function byte(value) {
  const c = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, c)) * 255);
}
