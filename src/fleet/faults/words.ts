import type { Language } from '../../platform/i18n/index.js';
import type { FaultKind } from '../engine/faults.js';

/** What is wrong, as a screen, a notice and a table say it. */
export const FAULT_WORDS: Readonly<Record<FaultKind, Readonly<Record<Language, string>>>> = {
  offline: { vi: 'Mất kết nối', en: 'Offline' },
  powerLost: { vi: 'Mất điện', en: 'Power lost' },
  noTrustedTime: { vi: 'Chưa có giờ tin cậy', en: 'No trusted time' },
  sound: { vi: 'Hỏng phần phát âm thanh', en: 'Sound output broken' },
  amplifier: { vi: 'Hỏng tăng âm', en: 'Amplifier broken' },
  line: { vi: 'Hỏng đường loa', en: 'Loudspeaker line broken' },
  storage: { vi: 'Hỏng bộ nhớ', en: 'Storage broken' },
  storageFull: { vi: 'Bộ nhớ đầy', en: 'Storage full' },
  temperature: { vi: 'Quá nóng', en: 'Too hot' },
  supply: { vi: 'Nguồn điện không ổn định', en: 'Supply unstable' },
  simExpiry: { vi: 'Gói cước SIM sắp hết hạn', en: 'SIM package ends soon' },
  simQuota: { vi: 'SIM sắp dùng hết dung lượng', en: 'SIM quota nearly used up' },
};
