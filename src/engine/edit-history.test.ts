import { expect, it } from 'vitest';
import { EditHistory } from './edit-history';

const edit = (what: string, bytes = 1) => ({ what, bytes });

it('takes edits back and does them again, in order', () => {
  const history = new EditHistory();
  expect(history.state).toEqual({ undo: null, redo: null });
  history.push(edit('a'));
  history.push(edit('b'));
  expect(history.undo()?.what).toBe('b');
  expect(history.state).toEqual({ undo: 'a', redo: 'b' });
  expect(history.redo()?.what).toBe('b');
  history.undo();
  history.push(edit('c'));
  expect(history.state).toEqual({ undo: 'c', redo: null });
  expect([history.undo()?.what, history.undo()?.what, history.undo()]).toEqual([
    'c',
    'a',
    undefined,
  ]);
});

it('forgets the oldest past its budget, never the newest', () => {
  const history = new EditHistory(10);
  for (const what of ['a', 'b', 'c']) history.push(edit(what, 4));
  expect(history.bytes).toBe(8);
  history.push(edit('giant', 100));
  expect([history.undo()?.what, history.undo()]).toEqual(['giant', undefined]);
});

it('holds more in the newest, unless something was taken back', () => {
  const history = new EditHistory(10);
  expect(history.newest).toBeUndefined();
  history.push(edit('a', 6));
  history.push(edit('b', 2));
  expect(history.newest?.what).toBe('b');
  history.undo();
  expect(history.newest).toBeUndefined();
  history.redo();
  history.replaceNewest(edit('b and c', 5));
  expect(history.bytes).toBe(5);
  expect([history.undo()?.what, history.undo()]).toEqual(['b and c', undefined]);
});
