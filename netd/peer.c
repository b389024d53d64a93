// SPDX-License-Identifier: GPL-2.0-or-later
/* The socket in the state directory, and its clients: D-Bus without a bus. */
/*
 * Theory of operation.  Everybody may connect; what a client may do is decided by its
 * user (access.c).  So their number is limited, for each user and in all: at the limit
 * nothing is accepted until one goes, and clients wait in the kernel's queue.
 *
 * STATE/daemon is locked as long as the daemon lives: who gets the lock may remove the
 * socket that an earlier one left.  It is known by the lock, too, that another one lives.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "face.h"
#include "local.h"
#include "log.h"

#define CLIENTS_MAX 256
#define CLIENTS_OF_USER_MAX 64
#define UNREAD_MAX 64 /* answers that wait in a connection */

struct client {
	struct peers *peers;
	struct client *next;
	struct origin *origin;
	sd_bus *bus;
	sd_event_source *begun; /* it has authenticated */
};

struct peers {
	struct daemon *daemon;
	struct client *clients;
	unsigned count;
	sd_event_source *source;
	struct sockaddr_un address;
	int fd, lock;
};

static void client_free(struct client *c)
{
	sd_event_source_disable_unref(c->begun);
	sd_bus_detach_event(c->bus);
	sd_bus_close(c->bus);
	sd_bus_unref(c->bus);
	origin_unref(c->origin);
	free(c);
}

static void client_drop(struct client *c)
{
	struct peers *p = c->peers;
	struct client **at = &p->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	p->count--;
	sd_event_source_set_enabled(p->source, SD_EVENT_ON);
	client_free(c);
}

static int on_gone(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)m;
	(void)error;
	client_drop(data);
	return 0;
}

/*
 * What a client wrote right behind its authentication may have been read with it; sd-bus
 * (252) would not look at that before more comes.
 */
static int on_begun(sd_event_source *s, void *data)
{
	struct client *c = data;

	(void)s;
	sd_bus_process(c->bus, NULL);
	return 0;
}

static int on_running(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct client *c = data;

	(void)m;
	(void)error;
	return sd_event_add_defer(c->peers->daemon->event, &c->begun, on_begun, c);
}

static bool reads(sd_bus *bus)
{
	uint64_t unread = 0;

	sd_bus_get_n_queued_write(bus, &unread);
	return unread <= UNREAD_MAX;
}

/* Who does not read its answers gets no more: they would be kept here. */
static int on_any(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return !reads(sd_bus_message_get_bus(m));
}

void peers_each(struct peers *p, void (*send)(sd_bus *bus, const void *data),
		const void *data)
{
	for (const struct client *c = p->clients; c; c = c->next)
		if (sd_bus_is_ready(c->bus) > 0 && reads(c->bus))
			send(c->bus, data);
}

static unsigned clients_of(const struct peers *p, uid_t uid)
{
	unsigned n = 0;

	for (const struct client *c = p->clients; c; c = c->next)
		n += c->origin->uid == uid;
	return n;
}

/* The bus has its descriptor already. */
static int client_start(struct client *c)
{
	sd_id128_t id;
	int r = sd_id128_randomize(&id);

	if (r < 0)
		return r;
	sd_bus_set_server(c->bus, 1, id);
	sd_bus_set_sender(c->bus, BUS_NAME);
	r = local_add(c->bus);
	if (r < 0)
		return r;
	r = sd_bus_add_filter(c->bus, NULL, on_any, c);
	if (r < 0)
		return r;
	sd_bus_set_connected_signal(c->bus, 1);
	r = sd_bus_match_signal_async(
		c->bus, NULL, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
		"org.freedesktop.DBus.Local", "Connected", on_running, NULL, c);
	if (r < 0)
		return r;
	return face_start(c->bus, c->origin, on_gone, c);
}

static struct client *client_new(struct peers *p, const struct ucred *who)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->peers = p;
	c->origin = origin_new(p->daemon);
	if (!c->origin || sd_bus_new(&c->bus) < 0) {
		origin_unref(c->origin);
		free(c);
		return NULL;
	}
	c->origin->peer = true;
	c->origin->uid = who->uid;
	return c;
}

/* Takes @fd over, unless it fails. */
static int client_add(struct peers *p, int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	struct client *c;
	int r;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return -errno;
	if (clients_of(p, who.uid) >= CLIENTS_OF_USER_MAX)
		return -EDQUOT;
	c = client_new(p, &who);
	if (!c)
		return -ENOMEM;
	r = sd_bus_set_fd(c->bus, fd, fd);
	if (r < 0) {
		client_free(c);
		return r;
	}
	c->next = p->clients;
	p->clients = c;
	p->count++;
	if (client_start(c) < 0)
		client_drop(c);
	return 0;
}

static int on_connect(sd_event_source *s, int listener, uint32_t revents, void *data)
{
	struct peers *p = data;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	if (fd < 0)
		return 0;
	if (client_add(p, fd) < 0)
		close(fd);
	if (p->count >= CLIENTS_MAX)
		sd_event_source_set_enabled(s, SD_EVENT_OFF);
	return 0;
}

/*
 * The socket
 */

static int take_lock(struct peers *p, const char *directory)
{
	char path[sizeof(p->address.sun_path) + 8];

	snprintf(path, sizeof(path), "%s/daemon", directory);
	p->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (p->lock < 0)
		return -errno;
	if (flock(p->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return -EADDRINUSE;
	return -errno;
}

static int listen_there(struct peers *p)
{
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		return -errno;
	if (unlink(p->address.sun_path) < 0 && errno != ENOENT)
		return -errno;
	if (bind(p->fd, (const struct sockaddr *)&p->address, sizeof(p->address)) < 0 ||
	    chmod(p->address.sun_path, 0666) < 0 || listen(p->fd, SOMAXCONN) < 0)
		return -errno;
	return 0;
}

static int peers_start(struct peers *p, const char *directory)
{
	int r;

	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		return -errno;
	r = take_lock(p, directory);
	if (r < 0)
		return r;
	r = listen_there(p);
	if (r < 0)
		return r;
	return sd_event_add_io(p->daemon->event, &p->source, p->fd, EPOLLIN, on_connect,
			       p);
}

static void complain(int r, const char *directory)
{
	if (r == -EADDRINUSE)
		log_line(LOG_ERR, NULL, "another netd looks after %s", directory);
	else
		log_line(LOG_ERR, NULL, "cannot listen in %s: %s", directory,
			 strerror(-r));
}

int peers_new(struct daemon *daemon, struct peers **out)
{
	const char *directory = daemon->state_dir;
	struct peers *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->daemon = daemon;
	p->fd = p->lock = -1;
	p->address.sun_family = AF_UNIX;
	r = snprintf(p->address.sun_path, sizeof(p->address.sun_path), "%s/bus",
		     directory);
	if ((size_t)r >= sizeof(p->address.sun_path))
		r = -ENAMETOOLONG;
	else
		r = peers_start(p, directory);
	if (r < 0) {
		complain(r, directory);
		peers_free(p);
		return r;
	}
	*out = p;
	return 0;
}

struct peers *peers_free(struct peers *p)
{
	if (!p)
		return NULL;
	while (p->clients)
		client_drop(p->clients);
	sd_event_source_disable_unref(p->source);
	if (p->fd >= 0) {
		unlink(p->address.sun_path);
		close(p->fd);
	}
	if (p->lock >= 0)
		close(p->lock);
	free(p);
	return NULL;
}
