import { linkLanguage, linkToken, openLinked } from '../linked-page.js';
import { SendApi } from './api.js';
import { slotOf } from './draft.js';
import { KeptDraft } from './kept.js';
import { sendTexts } from './messages.js';
import { SendPage } from './page.js';

const language = linkLanguage();
const texts = sendTexts(language);
const token = linkToken();
const api = new SendApi(language, token);

openLinked(
  language,
  texts.title,
  texts,
  async () => new SendPage(api, new KeptDraft(slotOf(token)), await api.sender(), texts),
);
