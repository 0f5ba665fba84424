/*
 * The limit that helo is compared with: as much of version 1 as the load generator speaks (HELO, BCST, PM), in C, on
 * epoll, with nothing that a chat needs besides: no groups, no limits, no UTF-8 check, no slow readers, no storage.
 *
 * It delivers as helo does: the lines of a turn are one buffer, of which every member gets the same bytes in one write.
 * Somebody with lines of their own gets a composition. A flush that took d is followed by the next one d/2 later, at
 * most 10 ms. Usage: epoll PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { max_events = 512, max_line = 64 * 1024, names_size = 1 << 16 };
static const double max_hold_ms = 10;

struct bytes {
  char *at;
  size_t length, room;
};

/* A line of the batch, or one for a single person. */
struct line {
  size_t turn, end;
  struct person *except;
};

struct person {
  int fd;
  char name[32];
  struct bytes read, unsent, own;
  struct line *pieces;
  size_t piece_count, piece_room;
  size_t spoke_at;
  int is_addressed, is_waiting, place;
  struct person *next_of_name;
};

static struct bytes batch;
static struct line *lines;
static size_t line_count, line_room, turn, first_turn;
static struct person **members, **addressed;
static size_t member_count, member_room, addressed_count, addressed_room;
static struct person *names[names_size];
static int poll_fd, wants_flush;
static double not_before;

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void *grown(void *at, size_t *room, size_t needed, size_t size) {
  if (needed <= *room) return at;
  *room = needed > 2 * *room ? needed : 2 * *room;
  at = realloc(at, *room * size);
  if (at == NULL) abort();
  return at;
}

static void append(struct bytes *to, const char *bytes, size_t length) {
  to->at = grown(to->at, &to->room, to->length + length, 1);
  memcpy(to->at + to->length, bytes, length);
  to->length += length;
}

static unsigned slot_of(const char *name, size_t length) {
  unsigned hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * 16777619u;
  return hash & (names_size - 1);
}

static struct person *find(const char *name, size_t length) {
  struct person *one = names[slot_of(name, length)];
  while (one != NULL && (strlen(one->name) != length || memcmp(one->name, name, length) != 0)) one = one->next_of_name;
  return one;
}

static void watch(struct person *person, int waits) {
  if (person->is_waiting == waits) return;
  person->is_waiting = waits;
  struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = person};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, person->fd, &event);
}

static void give(struct person *person, const char *bytes, size_t length) {
  if (length == 0) return;
  if (person->unsent.length == 0) {
    ssize_t sent = send(person->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) sent = 0;
    bytes += sent;
    length -= (size_t)sent;
  }
  if (length == 0) return;
  append(&person->unsent, bytes, length);
  watch(person, 1);
}

static void give_rest(struct person *person) {
  ssize_t sent = send(person->fd, person->unsent.at, person->unsent.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent <= 0) return;
  person->unsent.length -= (size_t)sent;
  memmove(person->unsent.at, person->unsent.at + sent, person->unsent.length);
  if (person->unsent.length == 0) watch(person, 0);
}

/* A line for one person, which ends with what was appended to `own`. */
static void end_piece(struct person *person) {
  person->pieces = grown(person->pieces, &person->piece_room, person->piece_count + 1, sizeof *lines);
  person->pieces[person->piece_count++] = (struct line){.turn = turn, .end = person->own.length};
  wants_flush = 1;
  if (person->is_addressed) return;
  person->is_addressed = 1;
  addressed = grown(addressed, &addressed_room, addressed_count + 1, sizeof *addressed);
  addressed[addressed_count++] = person;
}

static void broadcast(struct person *from, const char *text, size_t length) {
  append(&batch, "BCST [", 6);
  append(&batch, from->name, strlen(from->name));
  append(&batch, "] ", 2);
  append(&batch, text, length);
  append(&batch, "\n", 1);
  lines = grown(lines, &line_room, line_count + 1, sizeof *lines);
  lines[line_count++] = (struct line){.turn = ++turn, .end = batch.length, .except = from};
  from->spoke_at = turn;
  append(&from->own, "+OK BCST ", 9);
  append(&from->own, text, length);
  append(&from->own, "\n", 1);
  end_piece(from);
}

/* What somebody gets who has said something, or is addressed: the batch without the own lines, and the pieces. */
static void compose(struct person *person) {
  static struct bytes composed;
  composed.length = 0;
  size_t from = 0, piece = 0, piece_from = 0;
  for (size_t i = 0; i <= line_count; i++) {
    size_t until = i < line_count ? lines[i].turn : (size_t)-1;
    for (; piece < person->piece_count && person->pieces[piece].turn < until; piece++) {
      append(&composed, person->own.at + piece_from, person->pieces[piece].end - piece_from);
      piece_from = person->pieces[piece].end;
    }
    if (i == line_count) break;
    if (lines[i].except != person) append(&composed, batch.at + from, lines[i].end - from);
    from = lines[i].end;
  }
  give(person, composed.at, composed.length);
}

static void flush(void) {
  double started = now_ms();
  wants_flush = 0;
  for (size_t i = 0; i < addressed_count; i++) {
    struct person *person = addressed[i];
    /* Somebody without a place has not logged in, and hears no batch. */
    if (line_count > 0 && person->place >= 0) compose(person);
    else give(person, person->own.at, person->own.length);
    person->own.length = person->piece_count = 0;
  }
  if (line_count > 0)
    for (size_t i = 0; i < member_count; i++)
      if (!members[i]->is_addressed) give(members[i], batch.at, batch.length);
  for (size_t i = 0; i < addressed_count; i++) addressed[i]->is_addressed = 0;
  addressed_count = line_count = batch.length = 0;
  first_turn = turn + 1;
  double ended = now_ms(), hold = (ended - started) / 2;
  not_before = ended + (hold < max_hold_ms ? hold : max_hold_ms);
}

static void log_in(struct person *person, const char *name, size_t length) {
  if (length >= sizeof person->name || person->place >= 0) return;
  memcpy(person->name, name, length);
  person->name[length] = 0;
  /* Lines from before are not for them. */
  if (line_count > 0) flush();
  members = grown(members, &member_room, member_count + 1, sizeof *members);
  person->place = (int)member_count;
  members[member_count++] = person;
  struct person **slot = &names[slot_of(name, length)];
  person->next_of_name = *slot;
  *slot = person;
  append(&person->own, "+OK HELO ", 9);
  append(&person->own, name, length);
  append(&person->own, "\n", 1);
  end_piece(person);
}

static void take_line(struct person *person, const char *line, size_t length) {
  if (length > 5 && memcmp(line, "BCST ", 5) == 0 && person->place >= 0) {
    broadcast(person, line + 5, length - 5);
  } else if (length > 4 && memcmp(line, "PM @", 4) == 0 && person->place >= 0) {
    const char *text = memchr(line + 4, ' ', length - 4);
    struct person *to = text == NULL ? NULL : find(line + 4, (size_t)(text - line - 4));
    if (to == NULL) return;
    append(&to->own, "PM ", 3);
    append(&to->own, person->name, strlen(person->name));
    append(&to->own, text, (size_t)(line + length - text));
    append(&to->own, "\n", 1);
    end_piece(to);
  } else if (length > 5 && memcmp(line, "HELO ", 5) == 0) {
    log_in(person, line + 5, length - 5);
  }
}

static void leave(struct person *person) {
  flush();
  epoll_ctl(poll_fd, EPOLL_CTL_DEL, person->fd, NULL);
  close(person->fd);
  if (person->place >= 0) {
    struct person *last = members[--member_count];
    members[person->place] = last;
    last->place = person->place;
    struct person **at = &names[slot_of(person->name, strlen(person->name))];
    while (*at != person) at = &(*at)->next_of_name;
    *at = person->next_of_name;
  }
  free(person->read.at);
  free(person->unsent.at);
  free(person->own.at);
  free(person->pieces);
  free(person);
}

static void take_lines(struct person *person, const char *at, const char *end) {
  const char *line_end;
  while ((line_end = memchr(at, '\n', (size_t)(end - at))) != NULL) {
    take_line(person, at, (size_t)(line_end - at));
    at = line_end + 1;
  }
  /* `at` may be in `read` itself. */
  size_t left = (size_t)(end - at);
  if (left > 0 && person->read.length >= left && at >= person->read.at && at <= person->read.at + person->read.length)
    memmove(person->read.at, at, left), person->read.length = left;
  else
    person->read.length = 0, append(&person->read, at, left);
}

/* Whether the person is still there. */
static int take(struct person *person) {
  static char chunk[256 * 1024];
  ssize_t length = recv(person->fd, chunk, sizeof chunk, MSG_DONTWAIT);
  if (length < 0) return errno == EAGAIN || errno == EINTR;
  if (length == 0 || person->read.length > max_line) return 0;
  if (person->read.length == 0) {
    take_lines(person, chunk, chunk + length);
  } else {
    append(&person->read, chunk, (size_t)length);
    take_lines(person, person->read.at, person->read.at + person->read.length);
  }
  return 1;
}

static void welcome(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct person *person = calloc(1, sizeof *person);
    if (person == NULL) abort();
    person->fd = fd;
    person->place = -1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = person};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    give(person, "HELO welcome\n", 13);
  }
}

int main(int count, char **given) {
  if (count != 2) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(given[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) return 1;
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event own = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &own);
  for (;;) {
    double wait = wants_flush ? not_before - now_ms() : -1;
    /* In microseconds: whole milliseconds would be longer than most waits. */
    struct timespec until = {0, 0};
    if (wait > 0) until = (struct timespec){(time_t)(wait / 1e3), (long)(wait * 1e6) % 1000000000};
    struct epoll_event events[max_events];
    int ready = epoll_pwait2(poll_fd, events, max_events, wants_flush ? &until : NULL, NULL);
    if (ready < 0 && errno != EINTR) abort();
    for (int i = 0; i < ready; i++) {
      struct person *person = events[i].data.ptr;
      if (person == NULL) {
        welcome(listener);
        continue;
      }
      if ((events[i].events & EPOLLOUT) != 0) give_rest(person);
      if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !take(person)) leave(person);
    }
    if (wants_flush && not_before <= now_ms()) flush();
  }
}
