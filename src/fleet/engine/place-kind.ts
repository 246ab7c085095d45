/** What stands at a place: cụm loa, or bảng tin điện tử công cộng. */
export const PLACE_KINDS = ['loudspeakers', 'board'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** `transmitter`: an FM transmitter or a wired amplifier; what it plays is known to have been *đưa tới máy phát*, no more. */
export const REACHES = ['horn', 'transmitter'] as const;
export type Reach = (typeof REACHES)[number];
