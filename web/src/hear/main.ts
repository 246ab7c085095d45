import { linkLanguage, linkToken, openLinked } from '../linked-page.js';
import { HearApi } from './api.js';
import { hearTexts } from './messages.js';
import { HearPage } from './page.js';

const language = linkLanguage();
const texts = hearTexts(language);
const api = new HearApi(language, linkToken());

openLinked(language, texts.title, texts, async () => new HearPage(api, await api.hearing(), texts, language));
