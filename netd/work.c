// SPDX-License-Identifier: GPL-2.0-or-later
/* Jobs: what asks the library, in threads beside the loop. */
/*
 * Theory of operation.  A change takes milliseconds to seconds, and waits for the lock of
 * whoever else is changing things; the loop must not.  So the library is called in two
 * threads that live as long as the daemon: one for looks, one for changes, which the lock
 * would put one behind the other anyway.  A context of the library belongs to the thread
 * that uses it, and so does the namespace that it enters on its way.
 *
 * Only the loop knows sd-bus: a job is plain memory, which one side has at a time.  When
 * one was run, it goes to the list of those that are done, and an eventfd wakes the loop.
 */
#include "work.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
	struct job *first, **end;
};

struct thread {
	struct work *work;
	struct queue waiting;
	pthread_cond_t some;
	pthread_t id;
	bool started;
};

struct work {
	pthread_mutex_t lock;
	struct thread threads[LANES];
	struct queue done;
	sd_event_source *source;
	unsigned left; /* for the loop alone */
	bool ending;
	int wake;
};

static void queue_add(struct queue *q, struct job *job)
{
	job->next = NULL;
	*q->end = job;
	q->end = &job->next;
}

static struct job *queue_take(struct queue *q)
{
	struct job *job = q->first;

	if (!job)
		return NULL;
	q->first = job->next;
	if (!q->first)
		q->end = &q->first;
	return job;
}

/* The next job of that thread; NULL: it is to end. */
static struct job *wait_for_job(struct thread *t)
{
	struct work *w = t->work;
	struct job *job;

	pthread_mutex_lock(&w->lock);
	while (!w->ending && !t->waiting.first)
		pthread_cond_wait(&t->some, &w->lock);
	job = NULL;
	if (!w->ending)
		job = queue_take(&t->waiting);
	pthread_mutex_unlock(&w->lock);
	return job;
}

static void hand_back(struct work *w, struct job *job)
{
	uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	queue_add(&w->done, job);
	pthread_mutex_unlock(&w->lock);
	while (write(w->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *run(void *data)
{
	struct thread *t = data;
	struct job *job;

	while ((job = wait_for_job(t))) {
		job->run(job);
		hand_back(t->work, job);
	}
	return NULL;
}

static struct job *take_done(struct work *w)
{
	struct job *job;

	pthread_mutex_lock(&w->lock);
	job = queue_take(&w->done);
	pthread_mutex_unlock(&w->lock);
	return job;
}

static int on_done(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct work *w = data;
	struct job *job;
	uint64_t count;

	(void)s;
	(void)revents;
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return -errno;
	while ((job = take_done(w))) {
		w->left--;
		job->done(job);
	}
	return 0;
}

/* A thread takes over the mask of the one that makes it. */
static int start(struct thread *t)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&t->id, NULL, run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	t->started = r >= 0;
	return r;
}

static int work_start(struct work *w, sd_event *event)
{
	int r;

	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->wake < 0)
		return -errno;
	r = sd_event_add_io(event, &w->source, w->wake, EPOLLIN, on_done, w);
	for (int i = 0; r >= 0 && i < LANES; i++)
		r = start(&w->threads[i]);
	return r;
}

int work_new(sd_event *event, struct work **out)
{
	struct work *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	pthread_mutex_init(&w->lock, NULL);
	w->done.end = &w->done.first;
	for (int i = 0; i < LANES; i++) {
		struct thread *t = &w->threads[i];

		t->work = w;
		t->waiting.end = &t->waiting.first;
		pthread_cond_init(&t->some, NULL);
	}
	r = work_start(w, event);
	if (r < 0) {
		work_free(w);
		return r;
	}
	*out = w;
	return 0;
}

void work_add(struct work *w, enum lane lane, struct job *job)
{
	w->left++;
	pthread_mutex_lock(&w->lock);
	queue_add(&w->threads[lane].waiting, job);
	pthread_cond_signal(&w->threads[lane].some);
	pthread_mutex_unlock(&w->lock);
}

unsigned work_left(const struct work *w)
{
	return w->left;
}

static void finish(struct queue *q)
{
	struct job *job;

	while ((job = queue_take(q)))
		job->done(job);
}

struct work *work_free(struct work *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	for (int i = 0; i < LANES; i++)
		pthread_cond_signal(&w->threads[i].some);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < LANES; i++)
		if (w->threads[i].started)
			pthread_join(w->threads[i].id, NULL);
	finish(&w->done);
	for (int i = 0; i < LANES; i++) {
		finish(&w->threads[i].waiting);
		pthread_cond_destroy(&w->threads[i].some);
	}
	sd_event_source_disable_unref(w->source);
	if (w->wake >= 0)
		close(w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
