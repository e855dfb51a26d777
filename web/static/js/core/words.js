/**
 * The words of the page: gettext catalogues, with the English sentence as the key.
 *
 * A sentence without a translation is shown in English. Names come in by placeholders such as `{name}`, never by joining pieces.
 */

/** @typedef {Readonly<Record<string, Readonly<Record<string, string>>>>} Catalogues */
/** @typedef {Readonly<Record<string, string | number>>} Values */
/** @typedef {(sentence: string, values?: Values) => string} Translate */

/**
 * A sentence with its placeholders filled; an unknown placeholder stays as it is.
 * @param {string} sentence
 * @param {Values} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/**
 * The language to show, of those there are: the first wish that is met, also by its main part (`de-AT` by `de`).
 * @param {readonly string[]} wishes
 * @param {readonly string[]} languages
 */
export function choose(wishes, languages) {
  for (const wish of wishes) {
    const lower = wish.toLowerCase();
    const found =
      languages.find((it) => it.toLowerCase() === lower) ?? languages.find((it) => it.toLowerCase() === lower.split('-')[0]);
    if (found) return found;
  }
  return languages.includes('en') ? 'en' : (languages[0] ?? 'en');
}

/** A language's own name, for the menu. @param {string} language */
export function nameOf(language) {
  const names = new Intl.DisplayNames([language], { type: 'language' });
  const name = names.of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The direction of a language's script. @param {string} language @returns {'ltr' | 'rtl'} */
export function directionOf(language) {
  return /^(ar|fa|he|iw|ps|ur|yi)(-|$)/.test(language) ? 'rtl' : 'ltr';
}

/** Words in a language that can change while the page is open. */
export class Words {
  #catalogues;

  /** @param {Catalogues} catalogues @param {string} language */
  constructor(catalogues, language) {
    this.#catalogues = catalogues;
    this.language = language;
    /** @type {Translate} */
    this.t = (sentence, values = {}) => fill(this.#catalogues[this.language]?.[sentence] || sentence, values);
  }

  get languages() {
    return Object.keys(this.#catalogues);
  }

  /** Shows another language from now on; says whether that is a change. @param {string} language */
  speak(language) {
    const next = choose([language, this.language], this.languages);
    const changed = next !== this.language;
    this.language = next;
    return changed;
  }
}
