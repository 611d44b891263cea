/** The thread that owns the tree. One request after the other; a refusal is answered, any other failure ends the thread (G7: no doubt is kept). */

import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../base/assert.ts';
import { isPrivityError } from '../base/errors.ts';
import { BatchRecord } from './batch-record.ts';
import { raiseState } from './errors.ts';
import { createHashCrew } from './hash-crew.ts';
import { IndexedTree } from './indexed-tree.ts';
import { createSaltWriter } from './salt-writer.ts';
import { buffersOf } from './sparse-view.ts';
import type {
  ChangedKeys,
  TreeAnswers,
  TreeHead,
  TreeMessage,
  TreeReply,
  TreeRequest,
  TreeThreadOptions,
} from './tree-messages.ts';
import { finishLoading, loadPage, snapshotPage } from './tree-snapshot.ts';
import { ViewCapture } from './view-capture.ts';

const FR_WORDS = 8;

assert(parentPort !== null, 'the tree runs in a thread of its own');
const port = parentPort;
const options = workerData as TreeThreadOptions;
const tree = new IndexedTree(options, (memory) => createHashCrew(memory.hash, options.hashThreads - 1));
const captures = new Map<number, ViewCapture>();
let captureCount = 0;
let batch: bigint | undefined;

const head = (): TreeHead => ({ batch, root: tree.root, nextIndex: tree.nextIndex });

function captureOf(number: number): ViewCapture {
  const capture = captures.get(number);
  assert(capture !== undefined, 'no such capture');
  return capture;
}

/** Keys of the leaves named at `at` and after, in a record's list. */
function keysAt(record: BatchRecord, at: number): Uint32Array<ArrayBuffer> {
  const keys = new Uint32Array(record.sizes.leaves * FR_WORDS);
  for (let i = 0; i < record.sizes.leaves; i++) {
    tree.memory.read(tree.memory.key(record.words[at + i]!), keys, i * FR_WORDS);
  }
  return keys;
}

function answer(request: TreeRequest): [TreeAnswers[keyof TreeAnswers], ArrayBuffer[]] {
  switch (request.kind) {
    case 'apply': {
      const record = tree.apply(request.batch, request.writes, createSaltWriter(request.saltKey, request.batch));
      batch = request.batch;
      const keys: ChangedKeys = {
        own: keysAt(record, record.at.indices),
        nextBefore: keysAt(record, record.at.nextBefore),
        nextAfter: keysAt(record, record.at.nextAfter),
      };
      const buffers = [record.words.buffer, keys.own.buffer, keys.nextBefore.buffer, keys.nextAfter.buffer];
      return [{ head: head(), record: record.bytes, keys }, buffers];
    }
    case 'undo': {
      const record = BatchRecord.open(request.record, request.batch);
      const keys = keysAt(record, record.at.indices);
      tree.undo(record);
      batch = request.before;
      const values = new Uint32Array(2 * keys.length);
      for (let i = 0; i < record.sizes.leaves; i++) {
        values.set(keys.subarray(i * FR_WORDS, (i + 1) * FR_WORDS), 2 * i * FR_WORDS);
        const value = record.at.valuesBefore + i * FR_WORDS;
        values.set(record.words.subarray(value, value + FR_WORDS), (2 * i + 1) * FR_WORDS);
      }
      return [{ head: head(), values }, [values.buffer]];
    }
    case 'capture': {
      if (batch === undefined) throw raiseState('STATE_TREE_REFUSED', 'the tree has no batch yet');
      captureCount += 1;
      captures.set(captureCount, new ViewCapture(tree, request.nextIndex ?? tree.nextIndex, request.keys));
      return [{ capture: captureCount, batch }, []];
    }
    case 'rewind':
      try {
        captureOf(request.capture).rewind(BatchRecord.open(request.record, request.batch));
      } catch (error) {
        captures.delete(request.capture);
        throw error;
      }
      return [{}, []];
    case 'finish': {
      const data = captureOf(request.capture).finish();
      captures.delete(request.capture);
      return [{ data }, buffersOf(data)];
    }
    case 'page': {
      if (request.batch !== batch) throw raiseState('STATE_TREE_REFUSED', 'the tree has moved on from the snapshot');
      const bytes = snapshotPage(tree, batch, request.page);
      return [{ bytes }, bytes === undefined ? [] : [bytes.buffer]];
    }
    case 'load':
      if (batch !== undefined || tree.nextIndex !== 1) throw raiseState('STATE_TREE_REFUSED', 'the tree is not new');
      loadPage(tree, request.nextIndex, request.page);
      return [{}, []];
    case 'loaded':
      finishLoading(tree, request.nextIndex);
      batch = request.batch;
      return [{ head: head() }, []];
    case 'verify':
      return [{ isSound: tree.verify() }, []];
    default:
      return unreachable(request);
  }
}

function serve(id: number, work: () => [TreeReply & { answer: unknown }, ArrayBuffer[]]): void {
  let reply: TreeReply;
  let transferred: ArrayBuffer[] = [];
  try {
    [reply, transferred] = work();
  } catch (error) {
    if (!isPrivityError(error)) throw error;
    reply = { id, refused: { code: error.code, text: error.internalText } };
  }
  port.postMessage(reply, transferred);
}

// The first message tells that the tree is there.
serve(0, () => [{ id: 0, answer: head() }, []]);

port.on('message', (message: TreeMessage) => {
  if (message === 'close') {
    port.close();
    void tree.close();
    return;
  }
  serve(message.id, () => {
    const [result, buffers] = answer(message.request);
    return [{ id: message.id, answer: result }, buffers];
  });
});
