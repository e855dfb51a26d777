/** Small helpers to build and change the page without a word of markup in strings. */

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | null | false | undefined} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

/**
 * An element. Attributes that are null or false are left out; `on…` are listeners.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else attribute(element, name, value);
  }
  put(element, ...children);
  return element;
}

/** Sets, or takes away, an attribute; touches the page only for a change. @param {Element} element @param {string} name @param {string | number | boolean | null | undefined} value */
export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Replaces what is inside. @param {Element} element @param {...Child} children */
export function put(element, ...children) {
  element.replaceChildren(...children.filter((it) => it !== null && it !== undefined && it !== false));
}

/** @param {Element} element @param {string} words */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** @param {HTMLElement} element @param {boolean} visible */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * Puts a part into its parent, or takes it out: an action stands on the page once, and only where it can be done.
 * @param {Element} parent
 * @param {Element} element
 * @param {boolean} there
 */
export function present(parent, element, there) {
  if (there && element.parentElement !== parent) parent.append(element);
  if (!there && element.parentElement === parent) element.remove();
}

/** A symbol of `templates/icons.svg`. @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Shows another symbol in the same place. @param {Element} svg @param {string} name */
export function reicon(svg, name) {
  const use = svg.firstElementChild;
  if (use && use.getAttribute('href') !== `#icon-${name}`) use.setAttribute('href', `#icon-${name}`);
}

/**
 * Rebuilds an element's inside only when what it is made from has changed, so that focus and animations survive.
 * @param {HTMLElement} element
 * @param {unknown} from plain data
 * @param {() => Child[]} build
 * @returns {boolean} whether it was rebuilt
 */
export function rebuild(element, from, build) {
  const key = JSON.stringify(from);
  if (built.get(element) === key) return false;
  built.set(element, key);
  const focused = document.activeElement;
  const again = focused instanceof HTMLElement && element.contains(focused) ? handle(focused) : null;
  put(element, ...build());
  if (again) /** @type {HTMLElement | null} */ (element.querySelector(again))?.focus();
  return true;
}

/** @type {WeakMap<Element, string>} */
const built = new WeakMap();

/** A selector that finds the same button again after a rebuild. @param {HTMLElement} element */
function handle(element) {
  const { action, seat, edge, sender } = element.dataset;
  if (!action) return null;
  const part = (/** @type {string} */ name, /** @type {string | undefined} */ value) =>
    value === undefined ? '' : `[data-${name}="${CSS.escape(value)}"]`;
  return part('action', action) + part('seat', seat) + part('edge', edge) + part('sender', sender);
}

/** What has the focus, for the keys. @returns {'page' | 'control' | 'field'} */
export function focusOn() {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body || element.id === 'stage') return 'page';
  if (element.isContentEditable || ['INPUT', 'SELECT', 'TEXTAREA'].includes(element.tagName)) return 'field';
  return element.matches('button, a, summary, [tabindex]') ? 'control' : 'page';
}
