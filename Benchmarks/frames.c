/*
 * The least that must be done with a stream of frames: take the escapes out and sum the bytes of each. Nothing is kept.
 * Arguments as frames/main.swift; prints megabytes per second and how many frames had the right sum.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { START = 0x3E, END = 0x3C, ESCAPE = 0x3D, ROOM = 2048 };

static uint32_t seed = 1;
static uint8_t next(void) {
  seed = seed * 1664525u + 1013904223u;
  return (uint8_t)(seed >> 24);
}

static size_t put(uint8_t *to, uint8_t byte) {
  if (byte >= END && byte <= START) {
    to[0] = ESCAPE;
    to[1] = byte & 0xEF;
    return 2;
  }
  to[0] = byte;
  return 1;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  size_t length = strtoul(arguments[1], NULL, 10);
  size_t piece = strtoul(arguments[2], NULL, 10);
  unsigned long megabytes = strtoul(arguments[3], NULL, 10);
  uint8_t *stream = malloc(1000000 + 2 * (length + 16));
  if (stream == NULL || piece == 0) return 1;
  size_t size = 0;
  for (uint8_t sequence = 0; size < 1000000; sequence = 1 - sequence) {
    uint8_t head[] = {0x0C, sequence, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8),
                      (uint8_t)length};
    uint8_t sum = 0;
    stream[size++] = START;
    for (size_t i = 0; i < sizeof head; i++) {
      sum += head[i];
      size += put(stream + size, head[i]);
    }
    for (size_t i = 0; i < length; i++) {
      uint8_t byte = next();
      sum += byte;
      size += put(stream + size, byte);
    }
    size += put(stream + size, sum);
    stream[size++] = END;
  }

  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  static uint8_t body[ROOM];
  size_t filled = 0;
  unsigned long frames = 0;
  int escaped = 0;
  uint8_t sum = 0;
  for (unsigned long turn = 0; turn < megabytes; turn++) {
    for (size_t from = 0; from < size; from += piece) {
      size_t to = from + piece < size ? from + piece : size;
      for (size_t i = from; i < to; i++) {
        uint8_t byte = stream[i];
        if (byte == START) {
          filled = 0;
          sum = 0;
          escaped = 0;
        } else if (byte == END) {
          if (filled > 0 && (uint8_t)(sum - body[filled - 1]) == body[filled - 1]) frames++;
        } else if (byte == ESCAPE) {
          escaped = 1;
        } else {
          if (escaped) byte |= 0x10;
          escaped = 0;
          if (filled < ROOM) body[filled++] = byte;
          sum += byte;
        }
      }
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &after);
  double seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
  printf("%.0f %lu\n", (double)size * (double)megabytes / seconds / 1e6, frames);
  free(stream);
  return 0;
}
