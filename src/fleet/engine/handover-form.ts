/**
 * `heard`: by a command that the box says it obeyed. `heardUnproven`: by the technician's word alone, where no command could be given.
 * `notPossible`: nobody heard one.
 */
export const TEST_TONES = ['heard', 'heardUnproven', 'notPossible'] as const;
export type TestTone = (typeof TEST_TONES)[number];

/** The form as far as a telephone has filled it in. */
export interface HandoverForm {
  readonly claim: string | null;
  readonly place: object | null;
  readonly position: object | null;
  readonly testTone: TestTone | null;
  readonly testToneCommand: string | null;
  readonly signedName: string | null;
  readonly signedAtMs: number | null;
}

export const HANDOVER_LACKS = [
  'handover.lacksClaim',
  'handover.lacksPlace',
  'handover.lacksPosition',
  'handover.lacksPhoto',
  'handover.lacksTestTone',
  'handover.lacksSignature',
  'handover.lacksTime',
] as const;
export type HandoverLack = (typeof HANDOVER_LACKS)[number];

/**
 * What a handover still lacks; none: it can be taken in. A typed name is a signature as well as a drawn one, a test tone that
 * was heard names its command, and where there was none the form says so.
 */
export function lacksOf(form: HandoverForm, photos: number): { readonly at: string; readonly code: HandoverLack }[] {
  const lacks: [boolean, string, HandoverLack][] = [
    [form.claim === null, 'claim', 'handover.lacksClaim'],
    [form.place === null, 'place', 'handover.lacksPlace'],
    [form.position === null, 'position', 'handover.lacksPosition'],
    [photos === 0, 'files', 'handover.lacksPhoto'],
    [
      form.testTone === null || (form.testTone === 'heard' && form.testToneCommand === null),
      'testTone',
      'handover.lacksTestTone',
    ],
    [(form.signedName ?? '').trim() === '', 'signedName', 'handover.lacksSignature'],
    [form.signedAtMs === null, 'signedAtMs', 'handover.lacksTime'],
  ];
  return lacks.filter(([lacking]) => lacking).map(([, at, code]) => ({ at, code }));
}
