/** công an / trạm y tế / trường học / điện lực / trưởng thôn, ấp / khác */
export const SENDER_KINDS = ['police', 'clinic', 'school', 'powerCompany', 'hamletHead', 'other'] as const;
export type SenderKind = (typeof SENDER_KINDS)[number];

/** mới / đã soạn nháp / từ chối */
export const REQUEST_STATUSES = ['new', 'drafted', 'declined'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];
