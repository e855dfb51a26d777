/** The words of this page, from the catalogues that came with it; and the language of the document. */

import { choose, directionOf, Words } from '../core/words.js';

const KEPT = 'language';

export function readWords() {
  const catalogues = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
  const kept = sessionStorage.getItem(KEPT);
  const words = new Words(catalogues, choose([...(kept ? [kept] : []), ...navigator.languages], Object.keys(catalogues)));
  inDocument(words.language);
  return words;
}

/** The language that the person chose in this tab, if they did. */
export function keptLanguage() {
  return sessionStorage.getItem(KEPT);
}

/** @param {string} language */
export function keepLanguage(language) {
  sessionStorage.setItem(KEPT, language);
}

/** @param {string} language */
export function inDocument(language) {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}
