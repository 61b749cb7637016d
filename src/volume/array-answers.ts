import type { Fetch } from './http-access';

/** What the answer that brought an array's metadata said of it. */
interface Answer {
  /** What changes when the file does: its ETag, else when it was last modified; empty where other sites may read neither. */
  readonly validator: string;
  /** Whether what lies there may be kept and read again without asking. */
  readonly isKept: boolean;
}

const METADATA = /\/(zarr\.json|\.zarray)$/;
const ASKS_EACH_TIME = /\b(no-store|no-cache|max-age=0)\b/;

const answerOf = ({ headers }: Response): Answer => ({
  validator: headers.get('ETag') ?? headers.get('Last-Modified') ?? '',
  isKept: !ASKS_EACH_TIME.test(headers.get('Cache-Control')?.toLowerCase() ?? ''),
});

/** The answers of a server that brought metadata of arrays, by their address. */
export class ArrayAnswers {
  private readonly answers = new Map<string, Answer>();

  /** A fetch whose answers are noted. */
  watch(fetch: Fetch): Fetch {
    return async (input, init) => {
      const response = await fetch(input, init);
      const url = String(input);
      if (response.ok && METADATA.test(new URL(url).pathname))
        this.answers.set(url, answerOf(response));
      return response;
    };
  }

  of(url: string): Answer | undefined {
    return this.answers.get(url);
  }
}
