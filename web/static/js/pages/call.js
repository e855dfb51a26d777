/** The call page: joins the live link, one's own devices and the screen. What is shown comes from the view alone. */

import { Escape, meaning } from '../core/keys.js';
import { refusal } from '../core/sentences.js';
import { focusOn } from '../ui/dom.js';
import { makeScreen } from '../ui/screen.js';
import { forgetInvitation, linkOf, onSeatPage, post, takeInvitation } from './entry.js';
import { isIn, Live } from './live.js';
import { Own } from './own.js';
import { inDocument, keepLanguage, keptLanguage, readWords } from './words.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/protocol.js').PartnerName} PartnerName */
/** @typedef {import('../core/signal.js').Wish} Wish */
/** @typedef {Wish extends infer W ? W extends {revision: number} ? Omit<W, 'revision'> : never : never} DialogueWish */

const LEVEL_EVERY = 100;
const TICK_EVERY = 1000;
const TIME_OUT_MINUTES = 20;
const BREATH_SECONDS = 60;

const words = readWords();
const invitation = onSeatPage() ? null : takeInvitation();
const escape = new Escape();
let entering = false;
/** @type {string | null} */
let refusedEntry = onSeatPage() || invitation ? null : 'no-link';

const own = new Own(() => {
  live.devices();
  draw();
});
const live = new Live({
  own,
  viewed,
  changed: draw,
  refused,
  arrived: (seat, medium, track) => screen.faces.get(seat)?.attach(medium, track),
});
const screen = makeScreen(part('stage'), part('spoken'), words, {
  door: {
    enter: () => void enter(),
    retry: () => void own.retry(),
    reload: () => location.reload(),
    choose: (change) => own.choose(change),
    copyLink: () => void navigator.clipboard?.writeText(ownLink()),
    openSecurely: () => location.replace(ownLink().replace(/^http:/, 'https:')),
  },
  controls: {
    mic: () => own.setMic(!own.live.mic),
    camera: () => own.setCamera(!own.live.camera),
    ask: () => void live.command({ type: 'ask-to-mirror' }),
    timeOut,
    leave: () => void live.command({ type: 'leave' }),
    quickExit,
  },
  lead: {
    admit: (seat) => void live.command({ type: 'admit', seat: partner(seat) }),
    sendBack: (seat) => void live.command({ type: 'send-back', seat: partner(seat) }),
    start: (script, sender) => dialogue({ type: 'start-dialogue', script, sender: partner(sender) }),
    advance: (edge) => dialogue({ type: 'advance', edge }),
    undo: () => dialogue({ type: 'undo' }),
    pause: () => dialogue({ type: 'pause' }),
    resume: () => dialogue({ type: 'resume' }),
    hold: (seat) => dialogue({ type: 'hold', seat: partner(seat) }),
    timeOut,
    endDialogue: () => dialogue({ type: 'end-dialogue' }),
    end: () => void live.command({ type: 'end-session' }),
    tools: {
      signalSeen: (seat) => void live.command({ type: 'signal-seen', seat: partner(seat) }),
      setFloor: (floor) => dialogue({ type: 'set-floor', floor }),
      breathe: () => dialogue({ type: 'breathe', seconds: BREATH_SECONDS }),
      rewind: (count) => dialogue({ type: 'rewind', count }),
      changeScript: (script) => dialogue({ type: 'change-script', script, sender: live.view?.indicator?.sender ?? 'partner-a' }),
      setLength: (minutes) => void live.command({ type: 'set-length', minutes }),
      prompt: (seats, text) => void live.command({ type: 'prompt', seats: seats.map(partner), text }),
    },
  },
  feelings: {
    say: (safe, flooded) => void live.command({ type: 'say-felt', safe, flooded }),
    signal: () => void live.command({ type: 'signal' }),
  },
  confirm: (edge) => dialogue({ type: 'confirm', edge }),
  reload: () => location.reload(),
  speak: (language) => {
    keepLanguage(language);
    speak(language);
    if (isIn(live.view)) void live.command({ type: 'set-language', language });
  },
});

/** @param {string} id @returns {HTMLElement} */
function part(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/** @param {string} seat */
function partner(seat) {
  return /** @type {PartnerName} */ (seat);
}

function ownLink() {
  return invitation ? linkOf(invitation) : location.href;
}

function timeOut() {
  dialogue({ type: 'time-out', minutes: TIME_OUT_MINUTES });
}

/** A command to the dialogue as it stands on this screen. @param {DialogueWish} wish */
function dialogue(wish) {
  const revision = live.view?.revision;
  if (revision != null) void live.command(/** @type {Wish} */ ({ ...wish, revision }));
}

// --- coming in and going -----------------------------------------------------------------------------------------------

async function enter() {
  own.meter.wake();
  if (!own.mic && !own.camera && !own.problem) void own.open();
  entering = true;
  refusedEntry = null;
  draw();
  if (live.signal) {
    await live.enter();
    entering = false;
    draw();
    return;
  }
  const outcome = await post('/api/join', invitation);
  if (!outcome.ok) {
    entering = false;
    refusedEntry = outcome.code;
    draw();
    return;
  }
  forgetInvitation();
  history.replaceState(null, '', outcome.body.path);
  live.start();
}

/** @param {View} view @param {View | null} before */
function viewed(view, before) {
  if (before === null) first(view);
  if (isIn(view) && !isIn(before)) {
    entering = false;
    live.devices();
    own.unmeter();
    void stayAwake();
  }
  if (isIn(before) && !isIn(view)) own.stop();
  draw();
}

/** The first view of this page. After a reload the devices are as they were, and no button is needed. @param {View} view */
function first(view) {
  const kept = keptLanguage();
  if (!kept) speak(view.language);
  else if (kept !== view.language) void live.command({ type: 'set-language', language: kept });
  if (entering && !isIn(view)) void live.command({ type: 'enter' });
  if (own.mic || own.camera || entering || view.scene === 'ended' || view.scene === 'left') return;
  if (isIn(view)) {
    own.micOn = view.mic;
    own.cameraOn = view.camera;
  }
  void own.open();
}

/** The screen stays on during a call, where the browser can do that. */
async function stayAwake() {
  if (!isIn(live.view) || document.visibilityState !== 'visible') return;
  await navigator.wakeLock?.request('screen').catch(() => {});
}

/** Away from here, at once, and nothing stays in this tab. The others see only that the connection is lost. */
function quickExit() {
  own.stop();
  live.stop();
  sessionStorage.clear();
  part('stage').replaceChildren();
  location.replace(document.body.dataset['exit'] ?? 'about:blank');
}

/** @param {string} code */
function refused(code) {
  if (code === 'version' && !sessionStorage.getItem('reloaded')) {
    sessionStorage.setItem('reloaded', 'yes');
    location.reload();
    return;
  }
  screen.pass({ code, text: refusal(code, words.t) });
}

/** @param {string} language */
function speak(language) {
  words.speak(language);
  inDocument(words.language);
  draw();
}

// --- drawing -------------------------------------------------------------------------------------------------------------

function draw() {
  screen.draw({
    view: live.view,
    over: live.over,
    linked: live.linked,
    still: live.still,
    within: isIn(live.view) && live.over === null,
    atDoor: !live.signal && !onSeatPage(),
    stream: own.stream,
    wanted: { mic: own.micOn, camera: own.cameraOn },
    now: live.now(),
    door: {
      asking: own.asking,
      entering,
      problem: own.problem,
      refused: refusedEntry,
      hasMic: own.mic !== null,
      hasCamera: own.camera !== null,
      choices: { ...own.found, ...own.chosen, height: own.height },
    },
  });
}

addEventListener('keydown', (event) => {
  if (escape.leaves(event, Date.now())) {
    quickExit();
    return;
  }
  if (!live.view?.lead || live.over) return;
  const { key, ctrlKey, metaKey, altKey, repeat } = event;
  const what = meaning({ key, ctrlKey, metaKey, altKey, repeat, on: focusOn() });
  if (!what) return;
  event.preventDefault();
  switch (what.kind) {
    case 'primary':
      screen.next.press();
      break;
    case 'way':
      screen.next.way(what.index);
      break;
    case 'undo':
      if (live.view.lead.undoable) dialogue({ type: 'undo' });
      break;
    case 'pause':
      dialogue({ type: live.view.lead.paused ? 'resume' : 'pause' });
      break;
    case 'hold':
      screen.focus('hold');
      break;
    case 'time-out':
      timeOut();
      break;
  }
});
for (const name of ['pointerdown', 'keydown']) addEventListener(name, () => own.meter.wake(), { passive: true });
document.addEventListener('visibilitychange', () => void stayAwake());
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload(); // from the browser's own memory: the call has moved on
});
window.setInterval(() => {
  if (!isIn(live.view)) screen.level(own.meter.level, own.meter.awake, Date.now());
}, LEVEL_EVERY);
window.setInterval(draw, TICK_EVERY);

Object.defineProperty(window, 'thirdchair', {
  value: Object.freeze({
    get seat() {
      return live.view?.seat ?? null;
    },
    get revision() {
      return live.view?.revision ?? null;
    },
    stats: () => live.stats(),
  }),
});

draw();
if (onSeatPage()) live.start();
else if (invitation) void own.open();
