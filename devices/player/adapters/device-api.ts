const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 262_144;

export interface DeviceAnswer {
  readonly status: number;
  /** Undefined: no JSON, or more than any answer of the contract. */
  readonly body: unknown;
}

/** One question to the service over HTTP. Rejects when there was no answer, and once `stop` is aborted. */
export async function postTo(url: string, name: string, question: object, stop?: AbortSignal): Promise<DeviceAnswer> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/api/device/v1/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
    redirect: 'error',
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(stop ? [stop] : [])]),
  });
  const text = await response.text();
  return { status: response.status, body: text.length <= MAX_ANSWER_BYTES ? jsonOf(text) : undefined };
}

/** The same question may be answered otherwise, later. */
export const mayRepeat = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
