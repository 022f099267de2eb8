import { describe, expect, test } from 'vitest';
import { additionOf, alterationOf, filesOnOffer } from '../src/dashboard/channel-draft';

describe('what becomes of the form for a channel', () => {
  test('what is left empty is the file\'s own, and blanks around a text are not meant', () => {
    expect(additionOf('talk.mp4', { name: '', title: '  ' })).toEqual({ file: 'talk.mp4' });
    expect(additionOf('talk.mp4', { name: ' opening ', title: 'The opening' })).toEqual({ file: 'talk.mp4', name: 'opening', title: 'The opening' });
  });

  test('only what is otherwise is asked for, and nothing where nothing is', () => {
    const channel = { name: 'talk.mp4', title: 'A talk' };
    expect(alterationOf(channel, channel)).toBeNull();
    expect(alterationOf(channel, { name: 'opening', title: 'A talk ' })).toEqual({ name: 'opening' });
    expect(alterationOf(channel, { name: 'talk.mp4', title: 'The opening' })).toEqual({ title: 'The opening' });
    expect(alterationOf(channel, { name: ' ', title: '' })).toBeNull();
  });

  test('files that are no channel yet are offered first, all of them', () => {
    expect(filesOnOffer(['a.mp4', 'b.mp4', 'c.mp4'], ['b.mp4', 'opening'])).toEqual([
      { file: 'a.mp4', isChannel: false }, { file: 'c.mp4', isChannel: false }, { file: 'b.mp4', isChannel: true },
    ]);
    expect(filesOnOffer([], ['a'])).toEqual([]);
  });
});
