// @ts-check
/**
 * MQTT 3.1.1 topic filters, section 4.7. Pure; used by the broker's worker and by the bus.
 * Plain JavaScript because a worker must load it unbuilt on Node 20; checked by tsc through JSDoc.
 */

const MAX_BYTES = 65_535;

/** @param {string} text */
const fits = (text) => text.length > 0 && !text.includes('\0') && Buffer.byteLength(text) <= MAX_BYTES;

/**
 * May be published to: no wildcards, not empty, not longer than the protocol can say.
 * @param {string} topic
 * @returns {boolean}
 */
export function isTopic(topic) {
  return fits(topic) && !topic.includes('+') && !topic.includes('#');
}

/**
 * `+` only as a whole level, `#` only as the whole last one.
 * @param {string} filter
 * @returns {boolean}
 */
export function isFilter(filter) {
  const levels = filter.split('/');
  return (
    fits(filter) &&
    levels.every((level, at) => {
      if (level === '#') return at === levels.length - 1;
      return level === '+' || (!level.includes('+') && !level.includes('#'));
    })
  );
}

/**
 * Does a message on this topic reach a subscriber of this filter?
 * @param {string} filter a valid filter
 * @param {string} topic a valid topic
 * @returns {boolean}
 */
export function matches(filter, topic) {
  // A topic is a filter without wildcards, and what a filter covers is what it matches.
  return covers(filter, topic);
}

/**
 * Is everything that `requested` can match also matched by `allowed`?
 * @param {string} allowed a valid filter
 * @param {string} requested a valid filter or topic
 * @returns {boolean}
 */
export function covers(allowed, requested) {
  // Both match every topic of at least one level; one spelling spares a special case below.
  const permitted = allowed === '+/#' ? ['#'] : allowed.split('/');
  const wanted = requested.split('/');
  // MQTT-4.7.2-1: a leading wildcard does not reach topics that begin with $.
  if (requested.startsWith('$') && (permitted[0] === '#' || permitted[0] === '+')) return false;
  for (let at = 0; at < permitted.length; at++) {
    const level = permitted[at];
    const asked = wanted[at];
    if (level === '#') return true; // also the parent level itself: a/# covers a
    if (asked === undefined || asked === '#') return false;
    if (level !== '+' && level !== asked) return false;
  }
  return wanted.length === permitted.length;
}
