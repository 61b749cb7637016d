import type { FloodlightError } from '../core/errors';
import { ChunkDisk, type ChunkFiles, type Kept } from './chunk-disk';
import { Questions } from './questions';
import type { Answer, BudgetWord, Letter, Notice, Question } from './tab-messages';

export interface Channel<Message> {
  post(message: Message): void;
  close(): void;
}

/** How a tab reaches the other tabs of this browser, and the files that one of them has. */
export interface TabSurroundings {
  /** No other tab's. */
  readonly id: string;
  /** Posts to all, and hears what others post. */
  notices(onNotice: (notice: Notice) => void): Channel<Notice>;
  /** Hears what others post to this tab. */
  letters(onLetter: (letter: Letter) => void): void;
  /** Posts to one tab. */
  lettersTo(id: string): Channel<Letter>;
  /** Resolves once others can tell that this tab lives. */
  live(): Promise<void>;
  /** Resolves when a tab that lived is gone. */
  whenGone(id: string): Promise<void>;
  /** Works once it is this tab's turn to have the files, until what `work` gives settles; one tab has them at a time. */
  takeTurn(work: () => Promise<void>): void;
  openFiles(): Promise<ChunkFiles | undefined>;
  now(): number;
}

/** How long reading waits for who has the files: a page that is loaded again gets those of the one before. */
const WAIT_MILLISECONDS = 500;
/** What changes is told so often at most. */
const TELL_MILLISECONDS = 250;

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/**
 * The disk as a tab sees it: spilled labels of all tabs, and a cache of chunks whose files one tab has. That tab reads and writes
 * for the others, which wait for it a second at most and do without when it is gone or does not answer. When it goes, the next in
 * line has the files. One budget holds for all: what a user of any tab said last.
 */
export class TabDisk {
  onTrouble: (error: FloodlightError) => void = () => {};
  /** Another tab has set the budget. */
  onBudget: (bytes: number) => void = () => {};
  private readonly chunks: ChunkDisk;
  private readonly questions: Questions;
  private readonly notices: Channel<Notice>;
  /** To those that this tab has written to. */
  private readonly channels = new Map<string, Channel<Letter>>();
  private readonly watched = new Set<string>();
  private readonly ready: Promise<void>;
  private isReady: () => void = () => {};
  /** The tab that has the files, and since when. */
  private owner: string | undefined;
  private term = 0;
  private cacheBytes = 0;
  /** By tab, this one among them. */
  private spilled: ReadonlyMap<string, number>;
  private budget: BudgetWord | undefined;
  private isClearing = false;
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tab: TabSurroundings) {
    this.spilled = new Map([[tab.id, 0]]);
    this.chunks = new ChunkDisk(() => tab.now());
    this.chunks.onTrouble = (error) => this.onTrouble(error);
    this.questions = new Questions((id, question) => this.post(id, question));
    this.notices = tab.notices((notice) => this.receive(notice));
    tab.letters((letter) => this.read(letter));
    this.ready = new Promise((resolve) => {
      this.isReady = resolve;
      setTimeout(resolve, WAIT_MILLISECONDS);
    });
    tab
      .live()
      .then(() => {
        this.tell();
        tab.takeTurn(() => this.own());
      })
      .catch(this.isReady);
  }

  /** What all tabs take. */
  get usedBytes(): number {
    return (this.isOwner ? this.chunks.cacheBytes : this.cacheBytes) + sum(this.spilled.values());
  }

  /** What all tabs may take; undefined until one of them has said it. */
  get budgetBytes(): number | undefined {
    return this.budget?.bytes;
  }

  /** What may be taken unless a user of some tab has said, or another tab has begun with something else. */
  suggestBudgetBytes(bytes: number): void {
    if (this.budget) return;
    this.setBudget({ bytes, saidAt: 0 });
    this.tell();
  }

  /** The user's word, for all tabs. Also has a cache that a full disk made small try to grow again. */
  setBudgetBytes(bytes: number): void {
    const saidAt = Math.max(this.tab.now(), (this.budget?.saidAt ?? 0) + 1);
    this.setBudget({ bytes, saidAt });
    this.tell();
  }

  /** How many bytes of spilled labels this tab has. */
  setSpilledBytes(bytes: number): void {
    this.setSpilled(new Map(this.spilled).set(this.tab.id, bytes));
    this.tellSoon();
  }

  /** Undefined where nothing is known. */
  async get(key: string): Promise<Kept | undefined> {
    await this.ready;
    return (await this.ask({ kind: 'get', key }))?.kept;
  }

  /** Keeps a chunk's bytes, or that there is none, for some seconds. */
  put(key: string, bytes: Uint8Array | null, seconds: number): void {
    void this.ask({ kind: 'put', key, bytes, seconds });
  }

  /** Drops all chunks whose keys begin so. */
  dropAll(start: string): void {
    void this.ask({ kind: 'dropAll', start });
  }

  /** Drops all chunks; where nobody answers that has the files, as soon as somebody does. */
  async clear(): Promise<void> {
    this.isClearing = true;
    await this.ready;
    const answer = await this.ask({ kind: 'clear' });
    if (answer?.isDone) this.isClearing = false;
  }

  private get isOwner(): boolean {
    return this.owner === this.tab.id;
  }

  /** Here where this tab has the files. */
  private async ask(question: Question): Promise<Answer | undefined> {
    if (this.isOwner) return this.answer(question);
    return this.owner === undefined ? undefined : this.questions.ask(question);
  }

  private answer(question: Question): Answer {
    if (!this.isOwner) return { isDone: false, kept: undefined };
    const { chunks } = this;
    let kept: Kept | undefined;
    if (question.kind === 'get') kept = chunks.get(question.key);
    else if (question.kind === 'put') chunks.put(question.key, question.bytes, question.seconds);
    else if (question.kind === 'dropAll') chunks.dropAll(question.start);
    else chunks.clear();
    if (chunks.cacheBytes !== this.cacheBytes) this.tellSoon();
    return { isDone: true, kept };
  }

  private post(id: number, question: Question): void {
    if (this.owner === undefined) return;
    const letter = { kind: 'question', from: this.tab.id, id } as const;
    this.to(this.owner).post({ ...letter, question: withoutRest(question) });
  }

  private to(id: string): Channel<Letter> {
    const channel = this.channels.get(id) ?? this.tab.lettersTo(id);
    this.channels.set(id, channel);
    return channel;
  }

  private read(letter: Letter): void {
    if (letter.kind === 'question') {
      const answer = this.answer(letter.question);
      this.to(letter.from).post({ kind: 'answer', from: this.tab.id, id: letter.id, answer });
      this.watch(letter.from);
    } else if (letter.from === this.owner) {
      this.questions.answered(letter.id, letter.answer);
      if (!letter.answer.isDone) this.follow(undefined);
    }
  }

  private receive(notice: Notice): void {
    if (notice.kind === 'here') {
      this.hearBudget(notice.budget, false);
      if (!this.isOwner) return;
      this.setSpilled(new Map(this.spilled).set(notice.from, notice.spilledBytes));
      this.watch(notice.from);
      this.tell();
    } else if (notice.term >= this.term && !this.isOwner) {
      this.hearState(notice);
    }
  }

  private hearState(state: Notice & { kind: 'state' }): void {
    const mine = this.spilled.get(this.tab.id) ?? 0;
    this.term = state.term;
    this.follow(state.from);
    this.cacheBytes = state.cacheBytes;
    this.setSpilled(new Map(state.spilled).set(this.tab.id, mine));
    this.hearBudget(state.budget, true);
    this.questions.heard();
    this.isReady();
    if (state.spilled.get(this.tab.id) !== mine) this.tellSoon();
    if (this.isClearing) void this.clear();
  }

  /** Takes another tab to be the one that has the files. */
  private follow(owner: string | undefined): void {
    if (this.owner === owner) return;
    this.owner = owner;
    this.questions.giveUp();
    this.questions.heard();
    if (owner === undefined) this.cacheBytes = 0;
    else this.watch(owner);
  }

  /** It is this tab's turn. */
  private async own(): Promise<void> {
    this.term = Math.max(this.tab.now(), this.term + 1);
    this.follow(undefined);
    const files = await this.tab.openFiles();
    if (files) {
      const ended = new Promise<void>((resolve) => {
        this.chunks.onEnd = resolve;
      });
      this.follow(this.tab.id);
      for (const id of this.spilled.keys()) this.watch(id);
      this.chunks.attach(files);
      this.tell();
      if (this.isClearing) void this.clear();
      this.isReady();
      await ended;
      this.follow(undefined);
    }
    this.isReady();
  }

  /** Forgets another tab once it is gone; waits for no answer of it any more. */
  private watch(id: string): void {
    if (id === this.tab.id || this.watched.has(id)) return;
    this.watched.add(id);
    void this.tab.whenGone(id).then(() => {
      this.watched.delete(id);
      if (this.owner === id) this.follow(undefined);
      this.channels.get(id)?.close();
      this.channels.delete(id);
      const left = new Map(this.spilled);
      left.delete(id);
      this.setSpilled(left);
      this.tellSoon();
    });
  }

  private setSpilled(spilled: ReadonlyMap<string, number>): void {
    this.spilled = spilled;
    this.chunks.setSpilledBytes(sum(spilled.values()));
  }

  private setBudget(word: BudgetWord): void {
    this.budget = word;
    this.chunks.setBudgetBytes(word.bytes);
  }

  /** What was said last holds; of words of the same time the one that the tab with the files knows. */
  private hearBudget(word: BudgetWord | undefined, isOwners: boolean): void {
    const mine = this.budget;
    if (!word || (mine && mine.saidAt > word.saidAt)) return;
    if (mine && mine.saidAt === word.saidAt && (!isOwners || mine.bytes === word.bytes)) return;
    this.setBudget(word);
    this.onBudget(word.bytes);
  }

  private tellSoon(): void {
    this.telling ??= setTimeout(() => this.tell(), TELL_MILLISECONDS);
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    const { budget, spilled, term } = this;
    const from = this.tab.id;
    if (this.isOwner) {
      const { cacheBytes } = this.chunks;
      this.cacheBytes = cacheBytes;
      this.notices.post({ kind: 'state', from, term, cacheBytes, spilled, budget });
    } else {
      this.notices.post({ kind: 'here', from, spilledBytes: spilled.get(from) ?? 0, budget });
    }
  }
}

/** A part of a larger buffer would be copied with all of that. */
const withoutRest = (question: Question): Question =>
  question.kind === 'put' &&
  question.bytes &&
  question.bytes.length < question.bytes.buffer.byteLength
    ? { ...question, bytes: question.bytes.slice() }
    : question;
