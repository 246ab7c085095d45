/** Every way in which making audio can be refused. The codes are stable: the service translates them for the user. */
export const MEDIA_PROBLEM_CODES = [
  'media.notAudio',
  'media.truncated',
  'media.durationUnknown',
  'media.tooShort',
  'media.tooLong',
  'media.silent',
  'media.cannotLevel',
  'media.toolMissing',
  'media.toolFailed',
  'speech.textEmpty',
  'speech.textTooLong',
  'speech.languageUnsupported',
  'speech.failed',
] as const;

export type MediaProblemCode = (typeof MEDIA_PROBLEM_CODES)[number];

/** `detail` is for the log (English, may quote ffmpeg); never for the screen. */
export class MediaProblem extends Error {
  override readonly name = 'MediaProblem';

  constructor(
    readonly code: MediaProblemCode,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}
