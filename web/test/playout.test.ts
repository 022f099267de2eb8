import { describe, expect, test } from 'vitest';
import { Scene } from './scene';

describe('start', () => {
  test('where the target delay lies ready, and not before', () => {
    const scene = new Scene();
    scene.begin(10, true);
    scene.receive(10.15);
    expect(scene.look()).toMatchObject({ rate: 0, seekTo: null });
    scene.receive(10.25);
    expect(scene.look()).toMatchObject({ rate: 1 });
    expect(scene.position).toBeCloseTo(10.05, 1);
  });

  test('waits for the slower track', () => {
    const scene = new Scene();
    scene.begin(0, false);
    scene.receive(5, 0.1);
    expect(scene.look().rate).toBe(0);
    scene.receive(5, 0.3);
    expect(scene.look().rate).toBe(1);
  });

  test('within the first GOP if the live edge is there already', () => {
    const scene = new Scene();
    scene.edge = 10.8;
    scene.begin(10, true);
    scene.receive(18);
    scene.look();
    expect(scene.position).toBeCloseTo(10.6, 2);
  });

  test('on a timeline of its own exactly where it was asked for', () => {
    const scene = new Scene();
    scene.begin(7, false);
    scene.receive(15);
    scene.look();
    expect(scene.position).toBeCloseTo(7, 2);
  });

  test('by a user who has waited is where the live edge is then', () => {
    const scene = new Scene();
    scene.edge = 10;
    scene.isPaused = true;
    scene.begin(9.5, true);
    scene.receive(17.5);
    scene.run(4);
    expect(scene.controller.figures.state).toBe('paused');
    scene.isPaused = false;
    scene.look();
    expect(scene.edge - scene.position).toBeCloseTo(0.2, 2);
    expect(scene.controller.figures.isFollowing).toBe(true);
  });

  test('by a user who has waited for longer than lies ready asks at once', () => {
    const scene = new Scene();
    scene.edge = 10;
    scene.isPaused = true;
    scene.begin(9.5, true);
    scene.receive(17.5);
    scene.run(20);
    scene.isPaused = false;
    expect(scene.look()).toMatchObject({ rate: 0, ask: 'select' });
  });

  test('asks again when nothing comes for 5 s, and again 5 s later', () => {
    const scene = new Scene();
    scene.begin(0, true);
    const asked = scene.run(11).filter((action) => action.ask === 'select');
    expect(asked).toHaveLength(2);
  });
});

describe('stalls', () => {
  const stalledAtOne = () => {
    const scene = new Scene();
    scene.begin(0, false);
    scene.receive(1);
    scene.run(2);
    return scene;
  };

  test('are counted once, timed, and end when the target lies ready', () => {
    const scene = stalledAtOne();
    expect(scene.controller.figures).toMatchObject({ state: 'stalled', stalls: 1 });
    scene.receive(1.1);
    expect(scene.look().rate).toBe(0);
    scene.receive(2);
    expect(scene.look().rate).toBe(1);
    scene.run(0.1);
    const { stalls, stallMs, state } = scene.controller.figures;
    expect({ stalls, state }).toEqual({ stalls: 1, state: 'playing' });
    expect(stallMs).toBeGreaterThan(800);
    expect(stallMs).toBeLessThan(1_300);
  });

  test('raise the target, which comes down again when all is well', () => {
    const scene = stalledAtOne();
    expect(scene.controller.figures.target).toBeCloseTo(0.24, 3);
    scene.receive(100);
    scene.run(9);
    expect(scene.controller.figures.target).toBeCloseTo(0.24, 3);
    scene.run(10);
    expect(scene.controller.figures.target).toBe(0.2);
  });

  test('of an element that does not move are stalls, although media lies ready', () => {
    const scene = new Scene();
    scene.begin(0, false);
    scene.receive(8);
    scene.run(1);
    scene.isStuck = true;
    expect(scene.run(1.5).map((action) => action.rate)).not.toContain(0);
    expect(scene.controller.figures.stalls).toBe(1);
    scene.isStuck = false;
    scene.run(1);
    expect(scene.controller.figures.state).toBe('playing');
  });

  test('do not count while the user has paused', () => {
    const scene = new Scene();
    scene.begin(0, false);
    scene.receive(1);
    scene.run(0.5);
    scene.isPaused = true;
    scene.run(60);
    expect(scene.controller.figures).toMatchObject({ state: 'paused', stalls: 0, stallMs: 0 });
  });

  test('are none at the end of a channel', () => {
    const scene = new Scene();
    scene.begin(0, false);
    scene.receive(1);
    scene.hasEnded = true;
    scene.run(3);
    expect(scene.controller.figures.stalls).toBe(0);
  });
});

describe('gaps', () => {
  test('are gone over at once when playout has reached them', () => {
    const scene = new Scene();
    scene.begin(0, true);
    scene.receive(1);
    scene.run(0.5);
    scene.gap(3, 6);
    scene.run(1);
    expect(scene.position).toBeGreaterThan(3);
    expect(scene.controller.figures).toMatchObject({ stalls: 0, jumps: 1 });
  });
});

describe('the live edge', () => {
  const playing = (behind: number, hasReadAhead = true) => {
    const scene = new Scene();
    scene.edge = 100;
    scene.begin(100 - behind - 0.2, true, hasReadAhead);
    scene.receive(100);
    scene.edge = 100 - behind;
    scene.look();
    scene.edge = 100;
    return scene;
  };

  test('a little behind, it is caught up with gently', () => {
    const scene = playing(0.8);
    scene.feedAhead = 8;
    const rates = scene.run(20).map((action) => action.rate);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1.1);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.95);
    expect(rates).toContain(1.05);
    expect(rates.at(-1)).toBe(1);
    expect(scene.edge! - scene.position).toBeCloseTo(0.2, 1);
    expect(scene.controller.figures.jumps).toBe(0);
  });

  test('is let be for a while where the machine does not get any faster', () => {
    const scene = playing(0.8);
    scene.feedAhead = 8;
    scene.slowness = 1.05;
    const rates = scene.run(20).map((action) => action.rate);
    expect(rates.slice(20, 40)).toContain(1.05);
    expect(rates.slice(100).every((rate) => rate === 1)).toBe(true);
  });

  test('far behind, it is jumped to: a tab that comes back from the background', () => {
    const scene = playing(0);
    scene.feedAhead = 8;
    scene.run(2);
    scene.hide(5);
    scene.look();
    expect(scene.edge! - scene.position).toBeCloseTo(0.2, 1);
    expect(scene.controller.figures.jumps).toBe(1);
  });

  test('further away than anything that lies ready, it is asked for', () => {
    const scene = playing(0);
    scene.run(0.3);
    scene.feedAhead = 0.5;
    scene.edge = 500;
    const asked = scene.run(7).filter((action) => action.ask === 'select');
    expect(asked.length).toBeGreaterThanOrEqual(1);
  });

  test('is left by a pause, and kept to again when asked for', () => {
    const scene = playing(0);
    scene.feedAhead = 8;
    scene.run(1);
    scene.isPaused = true;
    scene.run(4);
    scene.isPaused = false;
    scene.run(1);
    expect(scene.controller.figures.isFollowing).toBe(false);
    expect(scene.edge! - scene.position).toBeGreaterThan(3.5);
    scene.controller.follow();
    scene.run(0.5);
    expect(scene.edge! - scene.position).toBeLessThan(0.5);
  });

  test('without read-ahead what is more than the target is played off quickly, or left out', () => {
    const scene = new Scene();
    scene.begin(0, true, false);
    scene.receive(0.25);
    scene.look();
    scene.feedAhead = 0.6;
    scene.run(0.5);
    expect(scene.run(1).map((action) => action.rate)).toContain(1.05);
    scene.feedAhead = null;
    scene.receive(scene.position + 3);
    scene.run(0.3);
    expect(scene.controller.figures.jumps).toBe(1);
  });

  test('is jumped to more and more seldom where that does not help', () => {
    const scene = new Scene();
    scene.edge = 50;
    scene.begin(0, true);
    scene.receive(60);
    scene.look();
    scene.feedAhead = 20;
    const jumps: number[] = [];
    for (let step = 0; step < 1_200; step++) {
      const before = scene.controller.figures.jumps;
      scene.run(0.1);
      if (scene.controller.figures.jumps > before) {
        jumps.push(step / 10);
        scene.position -= 5;
      }
      if (step === 10) scene.position -= 5;
    }
    expect(jumps.length).toBeGreaterThan(2);
    expect(jumps.length).toBeLessThan(7);
  });

  test('without read-ahead playout keeps its target ready: slower when it has less', () => {
    const scene = new Scene();
    scene.begin(0, true, false);
    scene.receive(0.3);
    scene.look();
    scene.feedAhead = 0.1;
    const rates = scene.run(4).map((action) => action.rate);
    expect(rates).toContain(0.95);
  });

  test('is come back to by whoever has been taken ahead of it', () => {
    const scene = playing(0);
    scene.feedAhead = 8;
    scene.run(1);
    scene.position += 4;
    scene.look();
    expect(scene.edge! - scene.position).toBeCloseTo(0.2, 1);
  });

  test('after a sleep of the machine the session is begun anew', () => {
    const scene = playing(0);
    scene.run(1);
    scene.sleep(3_600);
    expect(scene.look().ask).toBe('connect');
    expect(scene.look().ask).toBeNull();
  });
});

test('another selection in the same place counts its stalls from 0 and plays on', () => {
  const scene = new Scene();
  scene.begin(0, true);
  scene.receive(1);
  scene.run(2);
  scene.receive(5);
  scene.run(0.2);
  expect(scene.controller.figures.stalls).toBe(1);
  scene.controller.goOn();
  expect(scene.controller.figures).toMatchObject({ stalls: 0, stallMs: 0, state: 'playing' });
});
