// Words for people. What stands here is a courtesy: an option or a value without a line is shown by its own name.

import { table } from './table.js';

/** @type {Record<string, string>} */
const OPTIONS = {
  imageSize: 'Size',
  image_source: 'Artwork from',
  lang: 'Language',
  fit: 'Fit',
  blur: 'Blur against spoilers',
  textless: 'Without lettering',
  clean: 'Textless with clearlogo',
  shape: 'Shape',
  ratings_order: 'Order of ratings',
  ratings_limit: 'How many',
  ratings_exclude: 'Leave out',
  badge_style: 'Icon',
  badge_size: 'Badge size',
  badge_shape: 'Corners',
  badge_background: 'Ground',
  label_style: 'Source is named by',
  split: 'Both sides',
  edge_inset: 'Distance from the edge',
  edge_inset_x: 'Distance sideways',
  edge_inset_y: 'Distance up or down',
  awards: 'Statuette',
  sash: 'Sash',
  info: 'Facts',
  info_style: 'Facts as',
  info_position: 'Place of the facts',
  badgeSize: 'Size of the facts',
  label: 'Badge of your own',
  ratingBarColor: 'Colour of the ground',
  ratingBarOpacity: 'Opacity of the ground',
  fontColor: 'Colour of the values',
  fontScale: 'Size of the values',
  v: 'Version',
  fallback: 'Plain picture without ratings',
  type: 'A bare number is',
  look: 'Look',
  poster: 'This poster',
  backdrop: 'This backdrop',
  logo: 'This clearlogo',
};

/** @type {Record<string, Record<string, string>>} */
const VALUES = {
  imageSize: { small: 'Small', medium: 'Medium', large: 'Large', 'very-large': 'Very large' },
  image_source: { t: 'TMDB', f: 'Fanart.tv' },
  badge_style: { h: 'Beside', v: 'Above', d: 'Automatic' },
  badge_size: { xs: 'XS', s: 'S', m: 'M', l: 'L', xl: 'XL' },
  badge_shape: { r: 'Rounded', p: 'Pill' },
  badge_background: { d: 'Source colour', k: 'Dark', t: 'Glass', n: 'Shadow only' },
  label_style: { t: 'Text', i: 'Icon', o: 'Logo' },
  direction: { h: 'Rows', v: 'Column', d: 'Automatic' },
  fit: { native: 'As it is', cover: 'Fill', pad: 'Bars', blur: 'Blurred bars' },
  type: { movie: 'Film', series: 'Series' },
  theme: { blocks: 'Blocks', 'rounded-blocks': 'Rounded' },
};

/** @type {Record<string, string>} */
const PLACES = {
  bc: 'Bottom centre', tc: 'Top centre', l: 'Left', r: 'Right', tl: 'Top left', tr: 'Top right', bl: 'Bottom left', br: 'Bottom right',
  join: 'With the ratings',
};

/** @type {Record<string, string>} */
const FAMILIES = { poster: 'Poster', backdrop: 'Backdrop', logo: 'Clearlogo', episode: 'Episode', season: 'Season' };

/** @param {string} text */
export function spaced(text) {
  const words = text.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string} name */
export const optionLabel = (name) => OPTIONS[name] ?? spaced(name);

/** @param {string} name */
export const familyLabel = (name) => FAMILIES[name] ?? spaced(name);

/**
 * @param {string} name of the option
 * @param {string} word
 */
export function valueLabel(name, word) {
  const source = table.sources.find((row) => row.key === word);
  const own = VALUES[name]?.[word] ?? (name.toLowerCase().includes('position') ? PLACES[word] : undefined);
  return own ?? source?.name ?? (/^[a-z]/.test(word) && word.length > 2 ? spaced(word) : word);
}

/** The sentence of an option without the marks of the documentation. @param {string} text */
export const plain = (text) => text.replaceAll('`', '');
