// The timeline's page. The story is read once into events, lanes and spans; each frame draws only what
// is in view. Positions along the axis are in units; `view` says which of them are shown.
'use strict';
(() => {
const story = JSON.parse(document.getElementById('story').textContent);
const $ = id => document.getElementById(id);
const GUTTER = 178, LEFT = GUTTER + 8, AXIS = 26, LANE = 20, GAP = 8, NEAR = 7;

// ---- Events ----

const events = story.events.map((row, index) => {
  const [line, time, kind, actor, plan, step, world, from, to, word, item, request, cause, place] = row;
  return {index, line, time, verb: story.kinds[kind], actor: story.actors[actor], plan, step, world,
    from: from || '', to: to || '', word: word || '', item, request, cause, place, lane: null, text: null};
});
const planOf = e => e.plan < 0 ? '' : story.plans[e.plan].name;
const stepOf = e => e.step < 0 ? '' : story.plans[e.plan].steps[e.step].name;
const subject = e => e.step < 0 ? planOf(e) : planOf(e) + '/' + stepOf(e);
const CLIENT = new Set(['start', 'event', 'halt', 'delete', 'delete steps', 'terminate', 'crash', 'start world',
  'check worlds', 'heal']);
const STORE = new Set(['saved plan', 'saved step', 'lock', 'unlock']);
const CODE = new Set(['run', 'finalize', 'planning']);
const REMARKABLE = {fault: 'fault', died: 'fault', delete: 'fault', 'delete steps': 'fault', terminate: 'fault',
  crash: 'fault', halt: 'fault', VIOLATION: 'violation'};

function duration(us) {
  for (const [unit, size] of [['d', 864e8], ['h', 36e8], ['m', 6e7], ['s', 1e6], ['ms', 1e3]]) {
    if (us >= size) return String(Math.round(us / size * 1000) / 1000) + unit;
  }
  return us === 0 ? '0' : us + 'us';
}

// What happened, in a sentence.
function what(e) {
  const of = subject(e), world = 'world ' + e.world;
  switch (e.verb) {
    case 'start': return `the client asks for the execution of ${of}`;
    case 'event': return `the client sends event ${e.word} to ${of}`;
    case 'halt': return `the client halts ${of}`;
    case 'delete': return `somebody deletes plan ${of}`;
    case 'delete steps': return `somebody deletes the steps of ${of}`;
    case 'terminate': return `${world} is told to terminate`;
    case 'crash': return `${world} crashes`;
    case 'start world': return `${world} starts`;
    case 'check worlds': return `${world} looks for dead worlds`;
    case 'heal': return 'faults heal';
    case 'plan': return `plan ${of} goes from ${e.from} to ${e.to}`;
    case 'step': return `step ${of} (${e.word}) goes from ${e.from} to ${e.to}`;
    case 'work': return `${e.actor} hands out work of ${of} (${e.word})`;
    case 'planning':
      return e.word === 'begins' ? `user code begins to plan ${of} on ${e.actor}`
        : `user code that plans ${of} ends with ${e.word}`;
    case 'run': case 'finalize':
      return e.word === 'begins' ? `user code of ${of} begins to ${e.verb} on ${e.actor}`
        : `user code of ${of} ends ${e.verb} with ${e.word}`;
    case 'finished': return `the report on ${of} comes in: its work is done`;
    case 'failed': return `the report on ${of} comes in: its work failed`;
    case 'future': case 'event future':
      return `the ${e.verb} of ${of} is ${e.to}` + (e.word ? `: ${e.word}` : '');
    case 'saved plan': return `plan ${of} is saved as ${e.to}, result ${e.word} (it was ${e.from})`;
    case 'saved step': return `step ${of} is saved as ${e.to} (it was ${e.from})`;
    case 'lock': return `${e.actor} takes the ${e.word.replace('_', ' ')} of ${of}`;
    case 'unlock': return `${e.actor} gives up the ${e.word.replace('_', ' ')} of ${of}`;
    case 'fault': return `fault: ${e.from} of ${of || 'no plan'} meets ${e.word}`;
    case 'died': return `${e.actor} dies with work of ${of}`;
    case 'invalidate': return `${e.actor} has settled what ${world} left behind`;
    case 'terminated': return `${world} has terminated`;
    case 'answer': return `the director answers ${e.word} about ${of}`;
    case 'VIOLATION': return `invariant ${e.word} fails` + (of ? ` at ${of}` : '');
    default: return [e.verb, of, e.from, e.to, e.word].filter(Boolean).join(' ');
  }
}

// Why, as far as the event alone tells; what led to it is its cause.
const WHY = {
  plan: 'The director moves a plan as its table of states allows, and says so at once.',
  step: 'A step moves as the table of its kind allows.',
  work: 'The director decided what is to run next.',
  run: 'A worker took the work item from its queue and runs the step.',
  planning: 'The time of a scheduled plan has come, and a worker plans it.',
  finalize: 'A worker runs the finalize phase, one step after the other.',
  finished: 'The worker was done; the core tells the director, who decides what follows.',
  failed: 'The worker could not do it; the core tells the director.',
  'saved plan': 'A move of a plan counts once it is saved.',
  'saved step': 'A worker saves its step before and after user code.',
  lock: 'Only one world may execute a plan.', unlock: 'Nobody executes the plan here any more.',
  future: 'Whoever asked gets an answer once the plan is let go.',
  'event future': 'Whoever sent the event gets an answer.',
  fault: 'The scenario makes this call fail.', died: 'A fault of the scenario.',
  answer: 'A call of the director ended in an error.',
  invalidate: 'A world that is gone leaves locks behind; another one gives them up.',
};
function why(e) {
  const failure = failureOf(e);
  if (failure) return `${failure.sentence}. ${failure.message}`;
  if (e.place > 0) return `Line ${e.place} of the scenario says so.`;
  return WHY[e.verb] || '';
}
function failureOf(e) {
  return e.verb !== 'VIOLATION' ? null : story.failures.find(f => f.name === e.word && f.plan === e.plan &&
    f.step === e.step) || story.failures.find(f => f.name === e.word);
}
const clock = e => duration(e.time);
const textOf = e => e.text ??= [clock(e), e.actor, e.verb, subject(e), what(e), e.from, e.to, e.word]
  .join(' ').toLowerCase();

// ---- Lanes ----

const lanes = [];
const laneByName = new Map();
function lane(group, label, indent = 0) {
  const name = group + '\n' + label;
  let found = laneByName.get(name);
  if (!found) {
    found = {group, label, indent, events: [], spans: [], y: 0};
    laneByName.set(name, found);
  }
  return found;
}
function spanEnd(lane, event) {
  const last = lane.spans[lane.spans.length - 1];
  if (last && last.end === null) last.end = event;
}
// `labels`: the first of them that fits is written on it.
function span(lane, event, labels, colour) {
  spanEnd(lane, event);
  lane.spans.push({begin: event, end: null, labels, colour});
}

function makeLanes() {
  const client = lane('', 'client'), store = lane('', 'store'), verdicts = lane('', 'invariants');
  const workers = new Map();
  const cores = new Map();
  const plans = story.plans.map((plan, i) => lane('plan ' + i, plan.name));
  const steps = story.plans.map((plan, i) => plan.steps.map(s => lane('plan ' + i, s.name, 1)));
  for (const e of events) {
    const core = /^core (\d+)$/.exec(e.actor), worker = /^worker (\d+)\//.exec(e.actor);
    if (core && !cores.has(+core[1])) cores.set(+core[1], lane('', e.actor));
    if (worker && !workers.has(e.actor)) workers.set(e.actor, lane('', e.actor));
    place(e, {client, store, verdicts, workers, cores, plans, steps});
  }
  lanes.push(client, store);
  for (const number of [...cores.keys()].sort((a, b) => a - b)) {
    lanes.push(cores.get(number));
    lanes.push(...[...workers].filter(([name]) => name.startsWith(`worker ${number}/`))
      .sort((a, b) => a[0].localeCompare(b[0], 'en', {numeric: true})).map(([, l]) => l));
  }
  if (verdicts.events.length) lanes.push(verdicts);
  for (let i = 0; i < plans.length; i++) lanes.push(plans[i], ...steps[i]);
  let y = 0, group = '';
  lanes.forEach((l, i) => {
    if (l.group !== group || (l.group === '' && /^core/.test(l.label))) y += GAP;
    group = l.group;
    l.number = i; l.y = y; y += LANE;
  });
  lanes.height = y;
}

function place(e, all) {
  const put = lane => { (e.lane ??= lane); lane.events.push(e); };
  const step = e.step >= 0 ? all.steps[e.plan][e.step] : null;
  if (e.verb === 'VIOLATION') put(all.verdicts);
  else if (CODE.has(e.verb) || e.verb === 'died') {
    const worker = all.workers.get(e.actor);
    put(worker);
    if (e.word === 'begins') span(worker, e, [subject(e), stepOf(e)], 'code');
    else spanEnd(worker, e);
  } else if (e.verb === 'plan' && e.plan >= 0) {
    put(all.plans[e.plan]);
    span(all.plans[e.plan], e, [e.to], e.to);
  } else if (e.verb === 'step' && step) {
    put(step);
    span(step, e, e.word === 'finalize' ? ['finalize: ' + e.to, 'finalize'] : [e.to], e.to);
  } else if (STORE.has(e.verb) || (e.verb === 'fault' && /save|load|find|lock|delete/.test(e.from))) {
    put(all.store);
    if (e.verb === 'saved plan' && e.to === 'stopped') lastSpan(all.plans[e.plan], e);
  } else if (all.cores.has(+e.actor.slice(5)) && e.actor.startsWith('core')) put(all.cores.get(+e.actor.slice(5)));
  else put(all.client);
  if (e.world > 0 && all.cores.has(e.world) && !e.actor.startsWith('core')) all.cores.get(e.world).events.push(e);
  if (e.verb === 'crash') {
    for (const [name, worker] of all.workers) if (name.startsWith(`worker ${e.world}/`)) spanEnd(worker, e);
  }
  if (e.plan >= 0 && /^delete/.test(e.verb)) all.plans[e.plan].events.push(e);
  if (e.verb === 'fault' && step) step.events.push(e);
}
// How a plan ended is known when it is saved, just before it moves.
function lastSpan(plan, e) { plan.result = e.word; }

// ---- The axis ----

// In order: an event takes one unit, and waiting a few more the longer it is. In time: microseconds,
// scaled to the same width, so that both are looked at in the same way.
let axis = 'order';
let positions = [];
function makeAxis() {
  positions = new Float64Array(events.length + 1);
  let at = 0, before = 0;
  events.forEach((e, i) => {
    const gap = e.time - before;
    at += i === 0 ? 0.5 : 1 + (gap > 0 ? 1.5 + 1.2 * Math.log10(1 + gap) : 0);
    positions[i] = at;
    before = e.time;
  });
  const width = at + 1;
  if (axis === 'time') {
    const end = Math.max(1, events.length ? events[events.length - 1].time : 1);
    events.forEach((e, i) => { positions[i] = 0.5 + (width - 1.5) * e.time / end; });
  }
  positions[events.length] = width;
}
const total = () => positions[events.length];
const at = e => e === null ? total() : positions[e.index];
const x = unit => LEFT + (unit - view.left) * view.scale;
const unitAt = px => (px - LEFT) / view.scale + view.left;

// ---- View and state ----

const view = {left: 0, scale: 1, top: 0, width: 0, height: 0};
const state = {selected: null, hover: null, thread: [], threadSet: new Set(), threadName: '', joined: false, level: 0, matches: [],
  match: -1};
const canvas = $('lanes'), overview = $('overview');
const pen = canvas.getContext('2d'), small = overview.getContext('2d');
let colours = {};

function fit() {
  view.left = 0;
  view.scale = (view.width - LEFT - 10) / total();
  wish();
}
function clamp() {
  const least = (view.width - LEFT - 10) / total();
  view.scale = Math.min(Math.max(view.scale, Math.min(least, 40)), Math.max(120, least));
  const shown = (view.width - GUTTER) / view.scale;
  view.left = Math.max(0, Math.min(view.left, total() + 10 / view.scale - shown));
  view.top = Math.max(0, Math.min(view.top, lanes.height + 8 - (view.height - AXIS)));
}
function zoom(factor, px) {
  const unit = unitAt(px);
  view.scale *= factor;
  clamp();
  view.left = unit - (px - LEFT) / view.scale;
  wish();
}
function show(e) {
  const px = x(at(e)), margin = 60;
  if (px < GUTTER + margin || px > view.width - margin) {
    view.left = at(e) - (view.width - GUTTER) / 2 / view.scale;
  }
  const y = e.lane.y - view.top;
  if (y < 0 || y > view.height - AXIS - LANE) view.top = e.lane.y - (view.height - AXIS) / 2;
  wish();
}
let wished = false;
function wish() {
  if (!wished) {
    wished = true;
    requestAnimationFrame(() => { wished = false; draw(); });
  }
}

// ---- Drawing ----

function lowerBound(list, unit, position) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(list[middle]) < unit) low = middle + 1; else high = middle;
  }
  return low;
}
const dimmed = e => state.thread.length > 0 && !state.threadSet.has(e.index);

function draw() {
  clamp();
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, view.width, view.height);
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS, view.width, view.height - AXIS);
  pen.clip();
  for (const l of lanes) {
    const y = AXIS + l.y - view.top;
    if (y > -LANE && y < view.height) drawLane(l, y);
  }
  drawMoments();
  drawThread();
  drawLabels();
  pen.restore();
  drawAxis();
  drawOverview();
}

function drawLane(l, y) {
  pen.fillStyle = colours.band;
  if (l.number % 2 === 0) pen.fillRect(GUTTER, y, view.width - GUTTER, LANE);
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, y, view.width - GUTTER, LANE);
  pen.clip();
  const right = unitAt(view.width);
  let first = lowerBound(l.spans, unitAt(GUTTER), s => at(s.end));
  for (let i = first, drawnTo = -1; i < l.spans.length; i++) {
    const s = l.spans[i], x0 = Math.max(x(at(s.begin)), GUTTER - 4), x1 = Math.min(x(at(s.end)), view.width + 4);
    if (at(s.begin) > right) break;
    if (x1 < drawnTo + 0.5) continue;
    drawnTo = x1;
    drawSpan(l, s, x0, x1, y);
  }
  first = lowerBound(l.events, unitAt(GUTTER - NEAR), at);
  const late = [];
  for (let i = first, last = -10; i < l.events.length && at(l.events[i]) <= right; i++) {
    const e = l.events[i], px = x(at(e));
    if (REMARKABLE[e.verb] || state.threadSet.has(e.index) || e === state.selected || e === state.hover) late.push(e);
    else if (px - last >= 1) drawEvent(e, last = px, y);
  }
  for (const e of late) drawEvent(e, x(at(e)), y);
  pen.restore();
}

function fitted(labels, room) {
  let text = labels.find(t => pen.measureText(t).width <= room);
  if (text !== undefined) return text;
  text = labels[labels.length - 1];
  while (text && pen.measureText(text + '…').width > room) text = text.slice(0, -1);
  return text.length > 1 ? text + '…' : '';
}

function drawSpan(l, s, x0, x1, y) {
  const name = s.colour === 'stopped' && l.result ? ({success: 'success', error: 'error', warning: 'skipped'})[l.result]
    || 'stopped' : s.colour;
  pen.globalAlpha = dimmed(s.begin) ? 0.3 : 1;
  pen.fillStyle = colours[name] || colours.stopped;
  pen.fillRect(x0, y + 3, Math.max(x1 - x0 - 1, 1), LANE - 6);
  if (x1 - x0 > 26) {
    pen.fillStyle = name === 'pending' ? colours.ink : colours.on;
    const labels = s.colour === 'stopped' && l.result ? [`stopped, ${l.result}`, 'stopped'] : s.labels;
    pen.fillText(fitted(labels, x1 - x0 - 10), x0 + 6, y + LANE / 2 + 0.5);
  }
  pen.globalAlpha = 1;
}

function drawEvent(e, px, y) {
  const middle = y + LANE / 2, remarkable = REMARKABLE[e.verb];
  pen.globalAlpha = dimmed(e) ? 0.25 : 1;
  pen.fillStyle = remarkable ? colours[remarkable] : e.to === 'rejected' || e.verb === 'failed' || e.verb === 'answer'
    ? colours.error : colours.ink;
  pen.beginPath();
  if (e.verb === 'VIOLATION') diamond(px, middle, 7);
  else if (e.verb === 'fault' || e.verb === 'died') triangle(px, middle, 6);
  else if (remarkable) { pen.rect(px - 4.5, middle - 4.5, 9, 9); }
  else if (CLIENT.has(e.verb) || /future/.test(e.verb)) pen.arc(px, middle, 4, 0, 7);
  else if (view.scale < 3) pen.rect(px - 0.5, middle - 4, 1, 8);
  else pen.rect(px - 1, middle - 5, 2, 10);
  pen.fill();
  if (state.selected === e || state.hover === e) {
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(px, middle, 8, 0, 7);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}
function diamond(px, y, size) {
  pen.moveTo(px, y - size); pen.lineTo(px + size, y); pen.lineTo(px, y + size); pen.lineTo(px - size, y);
}
function triangle(px, y, size) {
  pen.moveTo(px, y - size); pen.lineTo(px + size, y + size - 1); pen.lineTo(px - size, y + size - 1);
}

// Moments that concern everybody go through all lanes.
const moments = events.filter(e => ['VIOLATION', 'crash', 'terminate', 'terminated', 'delete', 'start world', 'heal']
  .includes(e.verb));
function drawMoments() {
  for (const e of moments) {
    const px = x(at(e));
    if (px < GUTTER || px > view.width) continue;
    pen.strokeStyle = e.verb === 'VIOLATION' ? colours.violation : REMARKABLE[e.verb] ? colours.fault : colours.faint;
    pen.lineWidth = e.verb === 'VIOLATION' ? 1.5 : 1;
    pen.setLineDash(e.verb === 'VIOLATION' ? [] : [4, 3]);
    pen.beginPath();
    pen.moveTo(px, AXIS);
    pen.lineTo(px, view.height);
    pen.stroke();
  }
  pen.setLineDash([]);
}

function drawThread() {
  if (state.thread.length < 2 || !state.joined) return;
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, AXIS, view.width - GUTTER, view.height);
  pen.clip();
  pen.strokeStyle = colours.accent;
  pen.lineWidth = 1.5;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  state.thread.forEach((e, i) => {
    const px = x(at(e)), y = AXIS + e.lane.y - view.top + LANE / 2;
    if (i === 0) pen.moveTo(px, y); else pen.lineTo(px, y);
  });
  pen.stroke();
  pen.restore();
}

function drawLabels() {
  pen.fillStyle = colours.paper;
  pen.fillRect(0, AXIS, GUTTER, view.height);
  pen.strokeStyle = colours.line;
  pen.beginPath();
  pen.moveTo(GUTTER - 0.5, AXIS);
  pen.lineTo(GUTTER - 0.5, view.height);
  pen.stroke();
  for (const l of lanes) {
    const y = AXIS + l.y - view.top;
    if (y < -LANE || y > view.height) continue;
    const head = l.group !== '' && l.indent === 0;
    pen.fillStyle = state.selected && state.selected.lane === l ? colours.accent : l.indent || l.group === ''
      ? colours.faint : colours.ink;
    pen.font = (head ? '600 ' : '') + '11px system-ui, sans-serif';
    pen.fillText(l.label.length > 25 - 2 * l.indent ? l.label.slice(0, 24 - 2 * l.indent) + '…' : l.label,
      10 + 14 * l.indent, y + LANE / 2 + 0.5);
  }
  pen.font = '11px system-ui, sans-serif';
}

function drawAxis() {
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, view.width, AXIS);
  pen.fillStyle = colours.faint;
  pen.fillText(axis === 'order' ? 'virtual time, in order' : 'virtual time', 10, AXIS / 2);
  const first = lowerBound(events, view.left, at);
  let last = -1, free = GUTTER;
  for (let i = first; i < events.length && x(positions[i]) < view.width; i++) {
    const px = x(positions[i]);
    if (events[i].time === last || px < free) continue;
    last = events[i].time;
    const text = clock(events[i]);
    pen.fillRect(px, AXIS - 6, 1, 6);
    pen.fillText(text, px + 3, AXIS / 2);
    free = px + pen.measureText(text).width + 14;
  }
  pen.fillStyle = colours.match;
  for (const i of state.matches) {
    const px = x(positions[i]);
    if (px >= GUTTER && px <= view.width) pen.fillRect(px - 1.5, AXIS - 4, 3, 4);
  }
  pen.fillStyle = colours.line;
  pen.fillRect(0, AXIS - 1, view.width, 1);
}

let density = null;
function drawOverview() {
  const width = view.width, height = 46, scale = (width - 2) / total();
  small.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  small.fillStyle = colours.paper;
  small.fillRect(0, 0, width, height);
  if (!density || density.length !== Math.ceil(width / 2) + 1) {
    density = new Float64Array(Math.ceil(width / 2) + 1);
    for (const e of events) density[Math.floor(at(e) * scale / 2)]++;
  }
  const most = Math.max(1, ...density);
  small.fillStyle = colours.stopped;
  density.forEach((n, i) => { if (n) small.fillRect(2 * i, height - 4, 1.5, -4 - 24 * Math.sqrt(n / most)); });
  for (const e of events) {
    if (!REMARKABLE[e.verb]) continue;
    small.fillStyle = colours[REMARKABLE[e.verb]];
    small.fillRect(at(e) * scale, 2, 2, e.verb === 'VIOLATION' ? height : 9);
  }
  small.fillStyle = colours.match;
  for (const i of state.matches) small.fillRect(positions[i] * scale, height - 4, 2, 4);
  small.strokeStyle = colours.accent;
  small.strokeRect(Math.max(0.5, view.left * scale), 0.5,
    Math.min(width - 1, (view.width - GUTTER) / view.scale * scale), height - 1);
}

// ---- Finding what the pointer is at ----

function laneAt(py) {
  const y = py - AXIS + view.top;
  return py < AXIS ? null : lanes.find(l => y >= l.y && y < l.y + LANE) || null;
}
function eventAt(px, py) {
  const l = laneAt(py);
  if (!l || px < GUTTER) return null;
  const unit = unitAt(px), i = lowerBound(l.events, unit, at);
  const near = [l.events[i - 1], l.events[i]].filter(Boolean)
    .sort((a, b) => Math.abs(at(a) - unit) - Math.abs(at(b) - unit))[0];
  if (near && Math.abs(x(at(near)) - px) <= NEAR) return near;
  const s = l.spans.find(s => at(s.begin) <= unit && unit < at(s.end));
  return s ? s.begin : null;
}

// ---- Following ----

const threads = {
  item: e => e.item > 0 && {name: `work item ${e.item} of ${subject(e)}`, of: o => o.item === e.item},
  request: e => {
    if (!e.request) return null;
    const birth = events.find(o => o.request === e.request);
    const death = events.find(o => o.request === e.request && o !== birth) || events[events.length - 1];
    const near = o => o.index > birth.index && o.index < death.index && o.plan === e.plan && (birth.verb === 'event' ?
      o.step === birth.step : o.step < 0);
    return {name: `the request for ${subject(birth)}, from birth to end`, of: o => o.request === e.request || near(o)};
  },
  step: e => e.step >= 0 && {name: `step ${subject(e)}`, of: o => o.plan === e.plan && o.step === e.step},
  plan: e => e.plan >= 0 && {name: `plan ${planOf(e)}`, of: o => o.plan === e.plan},
};
function follow(e, how) {
  const found = e && threads[how](e);
  if (!found) return false;
  state.thread = events.filter(found.of);
  state.threadSet = new Set(state.thread.map(o => o.index));
  state.threadName = found.name;
  state.joined = how === 'item' || how === 'request';
  tell();
  wish();
  return true;
}
function followFirst(e) { return ['item', 'request', 'step', 'plan'].some(how => follow(e, how)); }
function followNext() {
  const ways = ['item', 'request', 'step', 'plan'].filter(how => threads[how](state.selected));
  if (ways.length) follow(state.selected, ways[state.level++ % ways.length]);
}
function letGo() {
  state.thread = [];
  state.threadSet = new Set();
  state.threadName = '';
  state.level = 0;
}

function select(e, keep = false) {
  if (!e) return;
  if (!keep || !state.threadSet.has(e.index)) letGo();
  state.selected = e;
  show(e);
  tell();
}

// ---- The panel ----

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
function eventRow(e) {
  const row = element('button', 'row' + (e === state.selected ? ' here' : ''));
  row.append(element('span', 'when', clock(e)), element('span', 'text', what(e)));
  row.dataset.line = e.line;
  row.onclick = () => select(e, true);
  return row;
}
function tell() {
  const e = state.selected, box = $('selected');
  box.replaceChildren();
  if (e) {
    box.append(element('h2', '', `line ${e.line} of the trace, at ${clock(e)}`), element('p', 'what', what(e)));
    if (why(e)) box.append(element('p', e.verb === 'VIOLATION' ? 'bad' : 'faint', why(e)));
    tellCauses(e, box);
    tellFollow(e, box);
    $('said').textContent = `${clock(e)}: ${what(e)}`;
  }
  tellThread();
  tellSource(e ? e.place : 0);
}
function tellCauses(e, box) {
  const causes = [];
  for (let c = e.cause; c >= 0 && causes.length < 6; c = events[c].cause) causes.push(events[c]);
  if (causes.length) box.append(element('h2', '', 'what led to it'), ...causes.map(eventRow));
}
function tellFollow(e, box) {
  const line = element('div', 'follow');
  for (const [how, label] of [['item', 'its work item'], ['request', 'its request'], ['step', 'its step'],
    ['plan', 'its plan']]) {
    if (!threads[how](e)) continue;
    const button = element('button', '', 'follow ' + label);
    button.onclick = () => follow(e, how);
    line.append(button);
  }
  if (line.children.length) box.append(line);
}
function tellThread() {
  const box = $('thread'), most = 250;
  box.replaceChildren();
  if (!state.thread.length) return;
  const here = state.thread.indexOf(state.selected);
  const first = Math.max(0, Math.min(here - most / 2, state.thread.length - most));
  const shown = state.thread.slice(first, first + most);
  box.append(element('h2', '', `following ${state.threadName}: ${state.thread.length} events`));
  if (first > 0) box.append(element('p', 'faint', `${first} before these`));
  box.append(...shown.map(eventRow));
  const after = state.thread.length - first - shown.length;
  if (after > 0) box.append(element('p', 'faint', `${after} after these`));
}
let sourceLines = null;
function tellSource(line) {
  const box = $('source');
  if (!story.source) return;
  if (!sourceLines) {
    const pre = element('pre');
    sourceLines = story.source.replace(/\n$/, '').split('\n').map((text, i) => {
      const row = element('span', '', text || ' ');
      row.dataset.line = i + 1;
      return row;
    });
    pre.append(...sourceLines);
    box.append(element('h2', 'file', story.file), pre);
  }
  sourceLines.forEach((row, i) => row.classList.toggle('here', i + 1 === line));
  if (line > 0) sourceLines[line - 1].scrollIntoView({block: 'nearest'});
}
function tellFailures() {
  const box = $('failures');
  for (const f of story.failures) {
    const e = events.find(e => e.verb === 'VIOLATION' && failureOf(e) === f);
    box.append(element('p', f.expected ? 'faint' : 'bad', (f.name ? f.name + ': ' : `line ${f.line}: `) + f.message +
      (f.expected ? ' (as the scenario says)' : '')));
    if (e) box.append(eventRow(e));
  }
  if (story.failures.length) box.prepend(element('h2', '', 'what did not hold'));
}

// ---- Search ----

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  state.matches = words.length ? events.filter(e => words.every(w => textOf(e).includes(w))).map(e => e.index) : [];
  state.match = -1;
  $('found').textContent = words.length ? `${state.matches.length} found` : '';
  wish();
}
function nextMatch(by) {
  const count = state.matches.length;
  if (!count) return;
  state.match = state.match < 0 ? (by > 0 ? 0 : count - 1) : (state.match + by + count) % count;
  $('found').textContent = `${state.match + 1} of ${count}`;
  select(events[state.matches[state.match]]);
}

// ---- Keys and pointer ----

function step(by, list) {
  const here = state.selected ? list.indexOf(state.selected) : -1;
  const next = here < 0 ? (by > 0 ? 0 : list.length - 1) : here + by;
  if (list[next]) select(list[next], true);
}
function stepLane(by) {
  if (!state.selected) return select(events[0]);
  const unit = at(state.selected);
  for (let i = state.selected.lane.number + by; lanes[i]; i += by) {
    const list = lanes[i].events.filter(e => e.lane === lanes[i]);
    if (!list.length) continue;
    const k = lowerBound(list, unit, at);
    return select([list[k - 1], list[k]].filter(Boolean)
      .sort((a, b) => Math.abs(at(a) - unit) - Math.abs(at(b) - unit))[0]);
  }
  return undefined;
}
function changeAxis() {
  axis = axis === 'order' ? 'time' : 'order';
  $('axis').textContent = axis === 'order' ? 'axis: order' : 'axis: time';
  density = null;
  makeAxis();
  fit();
  if (state.selected) show(state.selected);
}
function changeTheme(dark) {
  document.documentElement.classList.toggle('dark', dark);
  const style = getComputedStyle(document.documentElement);
  for (const name of ['paper', 'ink', 'faint', 'line', 'band', 'accent', 'running', 'success', 'error', 'suspended',
    'skipping', 'skipped', 'paused', 'stopped', 'pending', 'code', 'fault', 'violation', 'match', 'on']) {
    colours[name] = style.getPropertyValue('--' + name).trim();
  }
  wish();
}
const isDark = () => document.documentElement.classList.contains('dark');

const keys = {
  ArrowRight: e => step(1, e.shiftKey && state.selected ? state.thread.length ? state.thread
    : state.selected.lane.events.filter(o => o.lane === state.selected.lane) : events),
  ArrowLeft: e => step(-1, e.shiftKey && state.selected ? state.thread.length ? state.thread
    : state.selected.lane.events.filter(o => o.lane === state.selected.lane) : events),
  ArrowDown: () => stepLane(1), ArrowUp: () => stepLane(-1),
  Home: () => select(events[0]), End: () => select(events[events.length - 1]),
  b: () => state.selected && state.selected.cause >= 0 && select(events[state.selected.cause], true),
  Enter: () => state.selected && followNext(),
  v: () => remarkable(1), V: () => remarkable(-1), n: () => nextMatch(1), N: () => nextMatch(-1),
  '/': () => $('search').focus(), '+': () => zoom(1.4, centre()), '=': () => zoom(1.4, centre()),
  '-': () => zoom(1 / 1.4, centre()), 0: fit, t: changeAxis, d: () => changeTheme(!isDark()),
  '?': () => $('keys').showModal(),
  Escape: () => { letGo(); state.selected = null; tell(); wish(); },
};
const centre = () => state.selected ? Math.max(GUTTER, Math.min(x(at(state.selected)), view.width))
  : (GUTTER + view.width) / 2;
function remarkable(by) {
  const list = events.filter(e => REMARKABLE[e.verb]), from = state.selected ? state.selected.index : by > 0 ? -1 : 1e9;
  const next = by > 0 ? list.find(e => e.index > from) : list.filter(e => e.index < from).pop();
  if (next) select(next);
}
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('keys').open) return;
  if (event.target === $('search')) {
    if (event.key === 'Enter') { nextMatch(event.shiftKey ? -1 : 1); event.preventDefault(); }
    if (event.key === 'Escape') { $('search').value = ''; search(''); canvas.focus(); }
    return;
  }
  if (event.target.tagName === 'BUTTON' && (event.key === 'Enter' || event.key === ' ')) return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(event); }
});

function hover(event) {
  const e = eventAt(event.offsetX, event.offsetY), tip = $('tip');
  if (e !== state.hover) { state.hover = e; wish(); }
  tip.hidden = !e;
  if (!e) return;
  const cause = e.cause >= 0 ? events[e.cause] : null;
  tip.replaceChildren(element('b', '', `${clock(e)}  ${what(e)}`), element('span', 'faint', why(e)));
  if (cause) tip.append(element('br'), element('span', '', `because ${what(cause)} (${clock(cause)})`));
  const left = Math.min(event.offsetX + 14, view.width - tip.offsetWidth - 6);
  const below = event.offsetY + 18;
  tip.style.left = Math.max(0, left) + 'px';
  tip.style.top = (below + tip.offsetHeight > view.height ? event.offsetY - tip.offsetHeight - 10 : below) + 'px';
}
let drag = null;
canvas.addEventListener('pointerdown', event => {
  drag = {x: event.offsetX, y: event.offsetY, left: view.left, top: view.top, moved: false};
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointermove', event => {
  if (!drag) return hover(event);
  const dx = event.offsetX - drag.x, dy = event.offsetY - drag.y;
  drag.moved = drag.moved || Math.abs(dx) + Math.abs(dy) > 4;
  if (drag.moved) {
    view.left = drag.left - dx / view.scale;
    view.top = drag.top - dy;
    $('tip').hidden = true;
    wish();
  }
  return undefined;
});
canvas.addEventListener('pointerup', event => {
  const click = drag && !drag.moved;
  drag = null;
  if (!click) return;
  const e = eventAt(event.offsetX, event.offsetY);
  $('tip').hidden = true;
  if (e) { select(e); followFirst(e); } else keys.Escape();
});
canvas.addEventListener('pointerleave', () => { state.hover = null; $('tip').hidden = true; wish(); });
canvas.addEventListener('wheel', event => {
  event.preventDefault();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    view.left += (event.deltaX || event.deltaY) / view.scale;
  } else if (event.ctrlKey || lanes.height + 8 <= view.height - AXIS) {
    return zoom(Math.exp(-event.deltaY / 400), Math.max(GUTTER, event.offsetX));
  } else view.top += event.deltaY;
  return wish();
}, {passive: false});
const pan = event => {
  if (event.buttons) {
    view.left = event.offsetX / view.width * total() - (view.width - GUTTER) / view.scale / 2;
    wish();
  }
};
overview.addEventListener('pointerdown', pan);
overview.addEventListener('pointermove', pan);
$('search').addEventListener('input', () => search($('search').value));
$('axis').onclick = changeAxis;
$('fit').onclick = fit;
$('theme').onclick = () => changeTheme(!isDark());
$('help').onclick = () => $('keys').showModal();

// ---- Beginning ----

function resize() {
  const whole = Math.abs(view.scale - (view.width - LEFT - 10) / total()) < 1e-9 || view.width === 0;
  view.width = canvas.clientWidth;
  view.height = canvas.clientHeight;
  canvas.width = view.width * devicePixelRatio;
  canvas.height = view.height * devicePixelRatio;
  overview.width = overview.clientWidth * devicePixelRatio;
  overview.height = 46 * devicePixelRatio;
  density = null;
  if (whole) fit();
  draw(); // at once: a canvas that was resized is empty
}
function begin() {
  const bad = story.failures.filter(f => !f.expected).length;
  $('title').textContent = story.scenario;
  $('title').title = `${story.scenario}\n${story.again}`;
  $('verdict').textContent = story.held ? 'held' : `failed${bad ? ': ' + bad : ''}`;
  $('verdict').className = story.held ? '' : 'failed';
  $('facts').textContent = `seed ${story.seed}, ${events.length} events, ${duration(story.end)}`;
  $('axis').textContent = 'axis: order';
  makeLanes();
  makeAxis();
  changeTheme(matchMedia('(prefers-color-scheme: dark)').matches);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', e => changeTheme(e.matches));
  tellFailures();
  tellSource(0);
  new ResizeObserver(resize).observe(canvas);
  resize();
}
begin();

// For tests: where an event is on the screen, and what the page is at.
window.timeline = {
  events,
  point: line => {
    const e = events.find(o => o.line === line), box = canvas.getBoundingClientRect();
    return {x: Math.round(box.left + x(at(e))), y: Math.round(box.top + AXIS + e.lane.y - view.top + LANE / 2)};
  },
  now: () => ({line: state.selected ? state.selected.line : 0, following: state.threadName,
    thread: state.thread.map(e => e.line), matches: state.matches.length, axis, dark: isDark(), scale: view.scale,
    tip: $('tip').hidden ? '' : $('tip').textContent}),
  frame: () => { const begin = performance.now(); draw(); return performance.now() - begin; },
};
})();
