/** Every sentence of the pages is in every catalogue, and every code has a sentence. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { ending, problem, refusal } from '../../web/static/js/core/sentences.js';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), 'utf8');

/** @param {string} folder @param {string} suffix @returns {string[]} */
const files = (folder, suffix) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${folder}/${name}`);

/** The literals given to a function of this name. @param {string} text @param {string} name */
function literals(text, name) {
  const found = text.matchAll(new RegExp(`(?<![\\w.])${name}\\(\\s*('(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*")`, 'g'));
  return Array.from(found, ([, literal = '']) => literal.slice(1, -1).replace(/\\(.)/g, '$1'));
}

/** Ids and words of a catalogue. @param {string} path @returns {Map<string, string>} */
function catalogue(path) {
  const found = read(path).matchAll(/^msgid "((?:[^"\\]|\\.)+)"\nmsgstr "((?:[^"\\]|\\.)*)"$/gm);
  return new Map(Array.from(found, ([, id = '', words = '']) => [id, words].map((it) => it.replace(/\\(.)/g, '$1'))).map(([id = '', words = '']) => [id, words]));
}

const sentences = new Set([
  ...files('web/static/js', '.js').flatMap((path) => literals(read(path), 't')),
  ...files('web/templates', '.html').flatMap((path) => literals(read(path), '_')),
]);

for (const path of files('web/locales', '.po')) {
  describe(path, () => {
    const words = catalogue(path);

    it('has every sentence of the pages', () => {
      assert.ok(sentences.size > 150);
      assert.deepEqual([...sentences].filter((it) => !words.get(it)), []);
    });

    it('keeps every placeholder', () => {
      const places = (/** @type {string} */ text) => new Set(text.match(/\{\w+\}/g));
      for (const [id, text] of words) assert.deepEqual(places(text), places(id), id);
    });
  });
}

it('no sentence is put together where no catalogue can see it', () => {
  for (const path of files('web/static/js', '.js')) assert.doesNotMatch(read(path), /(?<![\w.])t\((?!['"]|\s*['"]|sentence)[^)]/, path);
});

/** @param {string} sentence */
const t = (sentence) => sentence;

describe('every code has its sentence', () => {
  const wire = read('server/protocol/messages.py');
  const table = wire.slice(wire.indexOf('REFUSALS: dict'));
  const codes = Array.from(table.matchAll(/^ {4}"([a-z-]+)":/gm), ([, code = '']) => code);

  it('of the wire', () => {
    assert.ok(codes.length > 20);
    const unknown = refusal('surely-unknown', t);
    for (const code of codes) assert.notEqual(refusal(code, t), unknown, code);
  });

  it('of the sockets that end and the links that fail', () => {
    const unknown = ending('surely-unknown', t).happened;
    for (const code of ['revoked', 'superseded', 'ended', 'version', 'bad-link', 'too-early', 'expired', 'rate', 'bad-request', 'offline', 'no-link', 'unauthorized']) {
      assert.notEqual(ending(code, t).happened, unknown, code);
    }
  });

  it('of cameras, microphones and browsers', () => {
    const unknown = problem('surely-unknown', t).happened;
    const devices = ['devices', 'camera', 'mic'].flatMap((device) => ['denied', 'missing', 'busy'].map((reason) => `${device}-${reason}`));
    for (const code of [...devices, 'insecure', 'no-webrtc']) assert.notEqual(problem(code, t).happened, unknown, code);
  });
});
