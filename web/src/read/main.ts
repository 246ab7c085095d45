import { linkLanguage, linkToken, openLinked } from '../linked-page.js';
import { slotOf } from '../send/draft.js';
import { KeptDraft } from '../send/kept.js';
import { sendTexts } from '../send/messages.js';
import { ReadApi } from './api.js';
import { ReadPage } from './page.js';

const language = linkLanguage();
const texts = sendTexts(language);
const token = linkToken();
const api = new ReadApi(language, token);

openLinked(
  language,
  texts.readTitle,
  texts,
  async () => new ReadPage(api, new KeptDraft(slotOf(token)), await api.reading(), texts, language),
);
