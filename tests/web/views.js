/** Views as the server makes them, for the tests that read them. */

/** @typedef {import('../../web/static/js/core/protocol.js').View} View */
/** @typedef {import('../../web/static/js/core/protocol.js').Person} Person */
/** @typedef {import('../../web/static/js/core/protocol.js').Indicator} Indicator */
/** @typedef {import('../../web/static/js/core/protocol.js').Lead} Lead */
/** @typedef {import('../../web/static/js/core/protocol.js').PartnerState} PartnerState */

/** @param {Person['seat']} seat @param {Partial<Person>} [change] @returns {Person} */
export function person(seat, change = {}) {
  const names = { therapist: 'Dr. Lind', 'partner-a': 'Maya', 'partner-b': 'Jonas' };
  return { seat, name: names[seat], here: true, mic: true, camera: true, sound: 'full', ...change };
}

/** @param {Partial<Indicator>} [change] @returns {Indicator} */
export function indicator(change = {}) {
  return {
    script: 'three-step',
    scriptName: 'Three-step dialogue',
    step: 'mirror',
    stepName: 'Mirror',
    sender: 'partner-a',
    senderRole: 'sender',
    receiverRole: 'receiver',
    voice: 'partner-b',
    role: 'receiver',
    mine: true,
    do: 'Mirror what you heard.',
    stem: 'What I heard you say is…',
    moreStems: ['You said…'],
    confirms: [],
    stages: ['Send', 'Mirror', 'More?'],
    stage: 1,
    leg: 1,
    ...change,
  };
}

/** Jonas, a partner, in the room, while he mirrors. @param {Partial<View>} [change] @returns {View} */
export function view(change = {}) {
  return {
    type: 'view',
    seat: 'partner-b',
    name: 'Jonas',
    scene: 'room',
    language: 'en',
    mic: true,
    camera: true,
    revision: 7,
    people: [person('therapist'), person('partner-a')],
    dimmed: false,
    layout: 'dialogue',
    sound: 'full',
    indicator: indicator(),
    asked: false,
    prompt: null,
    timeOut: null,
    breath: null,
    felt: null,
    lead: null,
    ...change,
  };
}

/** @param {PartnerState['seat']} seat @param {Partial<PartnerState>} [change] @returns {PartnerState} */
export function partner(seat, change = {}) {
  return {
    seat,
    name: seat === 'partner-a' ? 'Maya' : 'Jonas',
    language: 'en',
    presence: 'admitted',
    connected: true,
    safe: null,
    flooded: null,
    said: null,
    signalled: null,
    prompt: null,
    ...change,
  };
}

/** The therapist's view of the same moment. @param {Partial<Lead>} [change] @param {Partial<View>} [around] @returns {View} */
export function leading(change = {}, around = {}) {
  return view({
    seat: 'therapist',
    name: 'Dr. Lind',
    people: [person('partner-a'), person('partner-b')],
    indicator: indicator({ role: null, mine: false }),
    lead: {
      partners: [partner('partner-a'), partner('partner-b')],
      scripts: [{ script: 'three-step', name: 'Three-step dialogue' }],
      ways: [{ edge: 'mirrored', words: 'Jonas asks', to: 'Check', confirmOf: null, loop: false }],
      steps: [
        { step: 'send', name: 'Send', stage: 0, current: false, loops: 2 },
        { step: 'mirror', name: 'Mirror', stage: 1, current: true, loops: 0 },
        { step: 'check', name: 'Check', stage: 1, current: false, loops: 1 },
      ],
      talk: [],
      since: 0,
      soft: null,
      coach: null,
      open: false,
      draft: false,
      undoable: 3,
      trail: [],
      floor: 'show',
      began: null,
      minutes: null,
      paused: false,
      held: null,
      timeOutBy: null,
      ...change,
    },
    ...around,
  });
}
