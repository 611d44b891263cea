import { createHash } from 'node:crypto';
import type { Random } from './port.ts';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 bits, base64url. Opaque: it says nothing about its owner. */
export const newToken = (random: Random): string => Buffer.from(random(TOKEN_BYTES)).toString('base64url');

export const isTokenShaped = (text: string): boolean => TOKEN.test(text);

/** A plain hash is enough: 256 random bits cannot be guessed, so there is nothing for a slow hash to slow down. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Names a thing to people without opening it: random, and of another length than a token. */
export const newId = (random: Random): string => Buffer.from(random(16)).toString('base64url');
