// The similarity matrix: a table of coloured squares that can be walked by the arrow keys.

import {color, ink} from './colors.js';
import {element} from './element.js';

/** Pixels of a square's side: at most, at least, at least with a number, and on request. */
const LARGEST = 80;
const SMALLEST = 16;
const READABLE = 26;
const ENLARGED = 36;
/** Pixels of a thumbnail's longer side, at least. */
const HEAD = 40;
/** Pixels of what stands beside the matrix, with the gap before it; as in page.css. */
const ASIDE = 304;
const WIDE = matchMedia('(min-width: 861px)');

/** The least similarity gets the darkest colour; where all are the same, it is not used. */
export function shade(similarity, least) {
  return least < 1 ? (similarity - least) / (1 - least) : 1;
}

export class Matrix {
  #table;
  #scroller;
  #numbers;
  #zoom;
  #show;
  #pictures = [];
  #cells = [];
  #similarities = [];
  #active = {row: 0, column: 0};

  /**
   * @param table to be filled
   * @param scroller around it
   * @param numbers check box: squares large enough for numbers even if they do not fit the window
   * @param zoom around the check box
   * @param show called with {row, column}, or null when no pair is pointed at any more
   */
  constructor(table, scroller, numbers, zoom, show) {
    this.#table = table;
    this.#scroller = scroller;
    this.#numbers = numbers;
    this.#zoom = zoom;
    this.#show = show;
    table.addEventListener('pointerover', event => this.#point(event.target));
    table.addEventListener('pointerleave', () => this.#point(document.activeElement));
    table.addEventListener('focusin', event => this.#point(event.target));
    table.addEventListener('focusout', () => this.#point(null));
    table.addEventListener('keydown', event => this.#walk(event));
    numbers.addEventListener('change', () => this.#fit());
    new ResizeObserver(() => this.#fit()).observe(scroller.parentElement.parentElement);
  }

  /**
   * Fills the table.
   *
   * @param pictures each with name and thumbnail
   * @param similarities a row for each picture
   * @param least the least of them
   */
  fill(pictures, similarities, least) {
    this.#pictures = pictures;
    this.#similarities = similarities;
    const focused = this.#table.contains(document.activeElement);
    const top = element('tr', {}, element('td', {className: 'corner'}),
      ...pictures.map(picture => header(picture, 'col')));
    this.#cells = similarities.map((row, i) => row.map((similarity, j) => {
      const background = color(shade(similarity, least));
      const cell = element('td', {tabIndex: -1});
      cell.dataset.row = i;
      cell.dataset.column = j;
      cell.style.backgroundColor = `rgb(${background})`;
      cell.style.color = ink(background);
      return cell;
    }));
    this.#table.replaceChildren(
      element('thead', {}, top),
      element('tbody', {}, ...this.#cells.map((row, i) =>
        element('tr', {}, header(pictures[i], 'row'), ...row))));
    this.#fit();
    const most = similarities.length - 1;
    this.#activate(Math.min(this.#active.row, most), Math.min(this.#active.column, most));
    if (focused) {
      this.#cells[this.#active.row][this.#active.column].focus({preventScroll: true});
    }
  }

  /** Shows a thumbnail that came later than the matrix. */
  repaint(picture) {
    const place = this.#pictures.indexOf(picture);
    if (place >= 0) {
      this.#table.rows[0].cells[place + 1].replaceWith(header(picture, 'col'));
      this.#table.rows[place + 1].cells[0].replaceWith(header(picture, 'row'));
    }
  }

  // Squares as large as fit the window's width; numbers as long as fit the squares.
  #fit() {
    const count = this.#cells.length;
    const board = this.#scroller.parentElement;
    const width = board.parentElement.clientWidth - (WIDE.matches ? ASIDE : 0);
    if (count === 0 || width <= 0) {
      return;
    }
    const gap = count > 16 ? 1 : 3;
    const fitting = size => Math.floor((width - Math.max(size, HEAD) - gap) / count) - gap;
    const free = Math.min(LARGEST, Math.max(fitting(fitting(HEAD)), fitting(LARGEST)));
    this.#zoom.hidden = free >= READABLE;
    const least = this.#numbers.checked && free < READABLE ? ENLARGED : SMALLEST;
    const size = Math.max(least, free);
    const head = Math.max(size, HEAD);
    const wide = head + count * (size + gap);
    board.parentElement.style.setProperty('--board', `${Math.min(width, wide)}px`);
    this.#table.style.setProperty('--width', `${wide + 2 * gap}px`); // known: a layout without a search
    this.#table.style.setProperty('--size', `${size}px`);
    this.#table.style.setProperty('--head', `${head}px`);
    this.#table.style.setProperty('--gap', `${gap}px`);
    this.#table.style.setProperty('--text',
      `${size < READABLE ? 0 : Math.min(15, Math.round(size * 0.12 + 6.5))}px`);
    this.#scroller.classList.toggle('scrolls', size > free);
    this.#cells.forEach((row, i) => row.forEach((cell, j) => {
      cell.textContent = text(this.#similarities[i][j], size);
    }));
  }

  #point(target) {
    this.#table.querySelectorAll('.lit').forEach(lit => lit.classList.remove('lit'));
    const cell = target?.closest?.('#matrix td[data-row]');
    if (!cell) {
      this.#show(null);
      return;
    }
    const row = Number(cell.dataset.row);
    const column = Number(cell.dataset.column);
    cell.parentElement.firstElementChild.classList.add('lit');
    this.#table.rows[0].cells[column + 1].classList.add('lit');
    if (cell === document.activeElement) {
      this.#activate(row, column);
    }
    this.#show({row, column});
  }

  #activate(row, column) {
    const old = this.#cells[this.#active.row]?.[this.#active.column];
    if (old) {
      old.tabIndex = -1;
    }
    this.#active = {row, column};
    this.#cells[row][column].tabIndex = 0;
  }

  #walk(event) {
    const most = this.#cells.length - 1;
    let {row, column} = this.#active;
    switch (event.key) {
      case 'ArrowLeft': column--; break;
      case 'ArrowRight': column++; break;
      case 'ArrowUp': row--; break;
      case 'ArrowDown': row++; break;
      case 'Home': column = 0; row = event.ctrlKey ? 0 : row; break;
      case 'End': column = most; row = event.ctrlKey ? most : row; break;
      default: return;
    }
    event.preventDefault();
    this.#cells[Math.min(most, Math.max(0, row))][Math.min(most, Math.max(0, column))].focus();
  }
}

function header(picture, scope) {
  return element('th', {scope}, picture.thumbnail
    ? element('img', {src: picture.thumbnail, alt: picture.name, title: picture.name})
    : element('span', {title: picture.name, className: picture.thumbnail === null ? '' : 'coming'},
      picture.name));
}

// 0.997, 0.99 or .99, with a real minus sign.
function text(similarity, size) {
  const digits = similarity.toFixed(size >= 52 ? 3 : 2);
  return (size >= ENLARGED ? digits : digits.replace('0.', '.').replace(/^1\.00$/, '1'))
    .replace('-', '\u2212');
}
