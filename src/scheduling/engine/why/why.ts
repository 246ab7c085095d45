import { Calendar, wallOfText } from '../time/index.js';
import type { Remark, Slice } from '../timeline/index.js';
import { whyNot } from './absence.js';
import { citesOf, type Explanation, type Reason, reason } from './explanation.js';
import { changeOf } from './occurrence.js';
import { type ExplainedEntry, Matter, type WhyQuestion } from './subject.js';

/** An item may stand in hundreds of entries; nobody reads more than these. */
const MOST_ENTRIES = 10;

/** Answers for one loudspeaker or board and one minute why an entry, or an item in any entry, plays or does not. */
export function whyAt(question: WhyQuestion): Explanation {
  const matter = new Matter(question);
  const { about, items, zone } = question;
  const entries = matter.entries();
  if (entries.length === 0) {
    const none =
      about.kind === 'entry'
        ? reason('noEntry', {}, zone)
        : reason('itemNowhere', { item: items.get(about.itemId)?.title ?? null }, zone);
    return { plays: false, sounds: false, reasons: [none] };
  }
  const playing = entries.flatMap((entry) =>
    matter.slicesOf(entry).flatMap((slice) => (matter.inMinute(slice) ? [{ entry, slice }] : [])),
  );
  if (playing.length === 0) {
    const told = entries.map((entry) => whyNot(entry, matter));
    // Where it is at least meant for this loudspeaker, that says more than where it is not.
    const near = [...told.filter(({ concerned }) => concerned), ...told.filter(({ concerned }) => !concerned)];
    const seen = near.slice(0, MOST_ENTRIES);
    return { plays: false, sounds: told.some(({ sounds }) => sounds), reasons: seen.flatMap(({ reasons }) => reasons) };
  }
  const sounding = playing.map(({ slice }) => isSounding(slice, matter));
  return {
    plays: true,
    sounds: sounding.includes(true) ? true : sounding.includes(null) ? null : false,
    reasons: playing.slice(0, MOST_ENTRIES).flatMap(({ entry, slice }) => whyPlays(entry, slice, matter)),
  };
}

function isSounding({ id, play }: Slice, matter: Matter): boolean | null {
  if (play === null) return null;
  const segments = matter.fateOf(id)?.segments ?? [];
  return segments.some(({ fromMs, untilMs }) => matter.inMinute({ startMs: fromMs, endMs: untilMs }));
}

function whyPlays(entry: ExplainedEntry, slice: Slice, matter: Matter): Reason[] {
  const { zone, plan, listener } = matter.asked;
  const { title, id: entryId, place, recurrence, createdAtMs: madeAtMs } = entry;
  const cites = { entryId };
  const made = { title, byName: entry.createdByName ?? null, madeAtMs };
  const span = { fromMs: slice.startMs, untilMs: slice.endMs };
  const reasons = [reason('entryPlays', { ...made, ...span, recurrence }, zone, cites)];
  if (place) {
    const other = matter.titleOf(place.entryId);
    const beside = { entryId: place.entryId };
    if (place.kind === 'inSlot') reasons.push(reason('inSlot', { title, slot: other }, zone, beside));
    else reasons.push(reason('behind', { title, other }, zone, beside));
  }
  const root = matter.rootOf(entry);
  const change = changeOf(root, slice.occurrence);
  const toWall = change?.to ? wallOfText(change.to) : null;
  if (change && toWall !== null) {
    const toMs = new Calendar().startOf(toWall, root.zone).startMs;
    reasons.push(reason('movedFrom', { title, original: change.original, toMs }, zone, { entryId: root.id }));
  }
  const language = slice.play?.item.language ?? matter.asked.items.get(slice.itemId ?? '')?.language;
  if (language !== undefined && listener.languages.length > 0)
    reasons.push(reason('languageChosen', { language, languages: listener.languages }, zone));
  for (const remark of plan.remarks) reasons.push(...remarkOn(remark, slice, zone));
  reasons.push(...clashReasons(title, slice.occurrence, matter));
  if (isSounding(slice, matter) === false) {
    const holder = matter.holder();
    const later = matter.fateOf(slice.id)?.segments.find(({ fromMs }) => fromMs >= matter.untilMs);
    if (holder && holder.play !== slice.id) {
      const other = matter.titleOfPlay(holder.play);
      reasons.push(reason('otherSounds', { title, other, againMs: later?.fromMs ?? null }, zone));
    }
  }
  return reasons;
}

function remarkOn(remark: Remark, { id, entryId }: Slice, zone: string): Reason[] {
  if (remark.code === 'slotOverrun' || remark.play !== id) return [];
  switch (remark.code) {
    case 'languageMissing':
      return [reason('languageMissing', { language: remark.language }, zone)];
    default:
      return [reason(remark.code, { breach: remark.breach }, zone, citesOf(remark.breach, entryId))];
  }
}

function clashReasons(title: string, occurrence: string, matter: Matter): Reason[] {
  const { asked, decisions } = matter;
  return asked.plan.clashes.flatMap(({ key, first, second, byDefault }): Reason[] => {
    if (first !== occurrence && second !== occurrence) return [];
    const decision = decisions.get(key) ?? null;
    const goesFirst = (decision?.goesFirst ?? byDefault) === occurrence;
    const other = first === occurrence ? second : first;
    const facts = { title, other: matter.titleOfPlay(other), decision };
    return [reason(goesFirst ? 'clashFirst' : 'clashBehind', facts, asked.zone, { decision: key })];
  });
}
