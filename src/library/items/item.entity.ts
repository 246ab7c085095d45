import { Check, Entity, Index, Unique } from 'typeorm';
import type { ProducedLoudness, SoundReport, SpokenSentence } from '../../../media/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { Status } from '../engine/approval.js';
import type { Checklist } from '../engine/approval-needs.js';
import type { ItemContent, ItemKind, ThirdParty } from '../engine/kinds.js';
import type { SpeechChoice } from '../engine/speech-choice.js';

export const AUDIO_STATES = ['none', 'rendering', 'ready', 'failed'] as const;
export type AudioState = (typeof AUDIO_STATES)[number];

/** What is said about content beside what is said on air. Frozen with a version, so that old ones stay readable. */
export interface Metadata {
  readonly title: string;
  readonly topic: string;
  /** LoaiLinhVuc of the national source-information system: 1 general … 6 good examples. */
  readonly field: number;
  readonly audience: readonly string[];
  /** tổng hợp, đánh giá, mô hình, gương người tốt … : a list that offices extend, so text. */
  readonly form: string;
  readonly programme: string;
  readonly sourceOffice: string;
  /** Who pays for it, e.g. the Social Policy Bank. */
  readonly sponsor: string;
  /** The author as named on air or in print (bút danh); who typed it is the version's `authorId`. */
  readonly byline: string;
  /** First and last local day on which it may go on air, both included; null: no limit. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** A notice for somebody outside the office goes on air only after a checklist. */
  readonly thirdParty: ThirdParty | null;
}

/** Something that can be broadcast, with the metadata of its current version. What is said stands in its versions. */
@Entity('item')
@Index(['areaPath'])
@Index(['planLineId'])
@Unique(['groupId', 'language'])
@Check("kind IN ('script', 'recording', 'relay', 'notice', 'picture', 'video', 'boardText')")
@Check('field BETWEEN 1 AND 6')
export class Item implements Metadata {
  @IdColumn() id!: string;
  /** Language versions of one content share it; the first one's id. */
  @TextColumn() groupId!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() kind!: ItemKind;
  @TextColumn() title!: string;
  @TextColumn() titleFolded!: string;
  @TextColumn() topic!: string;
  @IntColumn() field!: number;
  @JsonColumn<readonly string[]>() audience!: readonly string[];
  @TextColumn() form!: string;
  /** BCP 47. Never changes: another language is another item of the group. */
  @TextColumn() language!: string;
  @TextColumn() programme!: string;
  @TextColumn() sourceOffice!: string;
  @TextColumn({ default: '' }) sponsor!: string;
  @TextColumn({ default: '' }) byline!: string;
  @TextColumn({ nullable: true }) validFrom!: string | null;
  @TextColumn({ nullable: true }) validTo!: string | null;
  @TextColumn({ nullable: true }) thirdParty!: ThirdParty | null;
  /** Named by a later step; opaque here. */
  @TextColumn({ nullable: true }) planLineId!: string | null;
  /** Who asked for it to be broadcast; opaque here. */
  @TextColumn({ nullable: true }) requestId!: string | null;
  @TextColumn() createdBy!: string;
  @MsColumn() createdAtMs!: number;
  @IntColumn() currentVersion!: number;
  /** The version that may go on air; null: none. */
  @IntColumn({ nullable: true }) approvedVersion!: number | null;
}

/** Text and audio as one person made them. Once approved, neither changes any more (invariant 7). */
@Entity('item_version')
@Index(['status'])
@Index(['audioState'])
@Index(['expiresAtMs'])
@Check("status IN ('draft', 'pending', 'provisional', 'approved', 'returned', 'refused', 'withdrawn', 'expired')")
@Check("audio_state IN ('none', 'rendering', 'ready', 'failed')")
// Case 4: audio without a length does not exist.
@Check("audio_state <> 'ready' OR (audio_sha256 IS NOT NULL AND audio_duration_ms > 0)")
export class ItemVersion {
  @TextColumn({ primary: true }) itemId!: string;
  @IntColumn({ primary: true }) n!: number;
  /** NFC. A script is spoken from it; a recording may carry it as a transcript. */
  @TextColumn({ nullable: true }) text!: string | null;
  /** Of the UTF-8 bytes of the text. */
  @TextColumn({ nullable: true }) textSha256!: string | null;
  /** As it was when this version was made; null for versions older than this column: the item's then. */
  @JsonColumn<Metadata>({ nullable: true }) metadata!: Metadata | null;
  /** What the kind needs beside text and sound: address of a relay, fields of a notice, a picture. */
  @JsonColumn<ItemContent>({ nullable: true }) content!: ItemContent | null;
  /** How the text is spoken; null: the defaults. */
  @JsonColumn<SpeechChoice>({ nullable: true }) speech!: SpeechChoice | null;
  @TextColumn() authorId!: string;
  /** Name as it was then; so are the others. */
  @TextColumn() authorName!: string;
  /** Sửa và duyệt: an approver changed words, the author stays the author. */
  @TextColumn({ nullable: true }) correctedById!: string | null;
  @TextColumn({ nullable: true }) correctedByName!: string | null;
  /** Who read it aloud, where a person did (recording by link). */
  @TextColumn({ nullable: true }) speakerName!: string | null;
  @MsColumn() createdAtMs!: number;
  @TextColumn() status!: Status;
  @TextColumn({ nullable: true }) statusReason!: string | null;
  /** Who sent it for approval. */
  @TextColumn({ nullable: true }) submittedById!: string | null;
  @TextColumn({ nullable: true }) submittedByName!: string | null;
  @MsColumn({ nullable: true }) submittedAtMs!: number | null;
  /** What whoever approved a notice of a third party confirmed. */
  @JsonColumn<Checklist>({ nullable: true }) checklist!: Checklist | null;
  /** Who, knowing the language, found a recording right; it counts for that audio only. */
  @TextColumn({ nullable: true }) reviewerId!: string | null;
  @TextColumn({ nullable: true }) reviewerName!: string | null;
  @TextColumn({ nullable: true }) reviewedAudioSha256!: string | null;
  /** The moment after its last local day on air, known once it is approved; null: no limit. */
  @MsColumn({ nullable: true }) expiresAtMs!: number | null;
  /** Who took the last decision. */
  @TextColumn({ nullable: true }) approverId!: string | null;
  @TextColumn({ nullable: true }) approverName!: string | null;
  /** Name of the person for whom the approver decided (ủy quyền duyệt). */
  @TextColumn({ nullable: true }) onBehalfOf!: string | null;
  @MsColumn({ nullable: true }) decidedAtMs!: number | null;
  /** Hậu kiểm: aired before anybody approved it, who did that, and until when somebody must judge it. */
  @TextColumn({ nullable: true }) airedByName!: string | null;
  @MsColumn({ nullable: true }) reviewDueAtMs!: number | null;
  /** As somebody uploaded it; the audio is made from this if it is there, else from the text. */
  @TextColumn({ nullable: true }) uploadSha256!: string | null;
  @TextColumn() audioState!: AudioState;
  @TextColumn({ nullable: true }) audioProblem!: string | null;
  @TextColumn({ nullable: true }) audioSha256!: string | null;
  @MsColumn({ nullable: true }) audioBytes!: number | null;
  @TextColumn({ nullable: true }) audioType!: string | null;
  @MsColumn({ nullable: true }) audioDurationMs!: number | null;
  @JsonColumn<ProducedLoudness>({ nullable: true }) loudness!: ProducedLoudness | null;
  /** The same sound for standard players. */
  @TextColumn({ nullable: true }) mp3Sha256!: string | null;
  @MsColumn({ nullable: true }) mp3Bytes!: number | null;
  @JsonColumn<SoundReport>({ nullable: true }) sound!: SoundReport | null;
  /** What the machine said, sentence by sentence, and when; null for a person's recording. */
  @JsonColumn<readonly SpokenSentence[]>({ nullable: true }) spoken!: readonly SpokenSentence[] | null;
  /** 0 to 100, for the picture of the sound. */
  @JsonColumn<readonly number[]>({ nullable: true }) peaks!: readonly number[] | null;
}
