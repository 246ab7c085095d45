export { NoticeCourier } from './courier.js';
export { defineNotices } from './kinds.js';
export { noticeEntities, noticeMigrations } from './notice.migration.js';
export { NoticeModule } from './notice.module.js';
export { type NewNotice, Notices } from './notices.service.js';
export { NOTICE_SETTINGS, type NoticeSettings, PLAIN_SETTINGS } from './settings.js';
