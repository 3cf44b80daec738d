// Two pictures enlarged beside each other, with their similarity.

import {color, ink} from './colors.js';
import {shade} from './matrix.js';

const byId = id => document.getElementById(id);

/**
 * Shows a pair.
 *
 * @param title what is special about it, or empty
 * @param least the least similarity of all pairs
 */
export function showPair(left, right, similarity, least, title) {
  show(byId('left'), left);
  show(byId('right'), right);
  const background = color(shade(similarity, least));
  const cosine = byId('cosine');
  cosine.textContent = similarity.toFixed(4).replace('-', '\u2212');
  cosine.style.backgroundColor = `rgb(${background})`;
  cosine.style.color = ink(background);
  byId('pair-title').textContent = title;
  byId('pair-names').textContent = left === right ? left.name : `${left.name} and ${right.name}`;
  byId('pair').hidden = false;
}

/** Draws the scale of colours, once. */
export function drawScale() {
  const canvas = byId('scale').querySelector('canvas');
  const context = canvas.getContext('2d');
  for (let x = 0; x < canvas.width; x++) {
    context.fillStyle = `rgb(${color(x / (canvas.width - 1))})`;
    context.fillRect(x, 0, 1, 1);
  }
}

function show(image, picture) {
  image.alt = picture.name;
  if (picture.thumbnail) {
    image.src = picture.thumbnail;
  } else {
    image.removeAttribute('src');
  }
}
