/* A disk that fails, fills up or crawls, for one process: LD_PRELOAD=diskfaults.so and the variables below. Linux, glibc.
 *
 *   DISKFAULTS_DIR=PATH        only files below this directory are touched; without it nothing is
 *   DISKFAULTS_NOTES=FILE      a line here for each fault, before the call returns
 *   DISKFAULTS_FAIL_SYNC=N     the Nth sync (from 1) fails with EIO. A sync is an fsync, an fdatasync, or a pwrite on a descriptor opened
 *                              O_DSYNC. What the file had to sync is lost: the bytes from before its last good sync are put back, as if the
 *                              kernel had thrown its pages away. It fails once only: a second sync would report success, as Linux does.
 *   DISKFAULTS_UNCOUNTED=TEXT  O_DSYNC writes to files with TEXT in their path are no syncs that count
 *   DISKFAULTS_FULL=FILE       while FILE exists the disk is full: nothing grows, nothing is made, no space is free
 *   DISKFAULTS_SLOW=FILE       while FILE exists each sync is late by DISKFAULTS_SLOW_MS with a chance of one in DISKFAULTS_SLOW_ONE_IN
 *
 * The store calls the C library by P/Invoke, which finds functions with dlsym on the library's own handle, past whatever was preloaded.
 * So dlsym is wrapped, too. Real calls are made with syscall(2) throughout. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 4096

/* What a buffered write replaced, newest first; gone when the file has been synced. */
struct replaced {
    struct replaced *next;
    dev_t device;
    ino_t inode;
    off_t position, file_bytes;
    size_t count;
    char bytes[];
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static struct replaced *unsynced;
static char directory[PATH_BYTES];
static size_t directory_length;
static long fail_sync, sync_count;
static unsigned slow_ms, slow_one_in, random_state = 1;
static const char *uncounted, *notes, *full_file, *slow_file;

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text && *text ? atol(text) : otherwise;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("DISKFAULTS_DIR");
    if (!path || !realpath(path, directory)) return;
    directory_length = strlen(directory);
    fail_sync = number("DISKFAULTS_FAIL_SYNC", 0);
    slow_ms = (unsigned)number("DISKFAULTS_SLOW_MS", 1000);
    slow_one_in = (unsigned)number("DISKFAULTS_SLOW_ONE_IN", 4);
    uncounted = getenv("DISKFAULTS_UNCOUNTED");
    notes = getenv("DISKFAULTS_NOTES");
    full_file = getenv("DISKFAULTS_FULL");
    slow_file = getenv("DISKFAULTS_SLOW");
}

static int is_below(const char *path) {
    return directory_length > 0 && strncmp(path, directory, directory_length) == 0 && (path[directory_length] == '/' || !path[directory_length]);
}

/* The path of a descriptor, when it lies below the directory. */
static int path_of(int fd, char *path) {
    char link[32];
    int error = errno;
    if (directory_length == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_BYTES - 1);
    errno = error;
    if (length <= 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int is_on(const char *file) { return file && syscall(SYS_faccessat, AT_FDCWD, file, F_OK) == 0; }

static void note(const char *call, const char *path, const char *fault) {
    char line[PATH_BYTES + 128];
    int fd = notes ? (int)syscall(SYS_openat, AT_FDCWD, notes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0) return;
    int length = snprintf(line, sizeof line, "%s %s %s\n", fault, call, path);
    (void)!syscall(SYS_write, fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

/* Keeps what a write is about to replace. Under the gate. */
static void keep_replaced(int fd, off_t position, size_t count) {
    struct stat file;
    char link[32];
    struct replaced *kept = malloc(sizeof *kept + count);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int reader = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
    if (!kept || reader < 0 || fstat(reader, &file) != 0) abort(); /* A fault that cannot be played must not pass as one that was survived. */
    *kept = (struct replaced){.next = unsynced, .device = file.st_dev, .inode = file.st_ino, .position = position, .file_bytes = file.st_size, .count = count};
    memset(kept->bytes, 0, count);
    (void)!syscall(SYS_pread64, reader, kept->bytes, count, position);
    syscall(SYS_close, reader);
    unsynced = kept;
}

/* Forgets what was replaced in a file, or first puts it back. Under the gate. */
static void settle(int fd, int puts_back) {
    struct stat file;
    if (fstat(fd, &file) != 0) return;
    for (struct replaced **link = &unsynced; *link;) {
        struct replaced *kept = *link;
        if (kept->device != file.st_dev || kept->inode != file.st_ino) {
            link = &kept->next;
            continue;
        }
        if (puts_back) {
            (void)!syscall(SYS_pwrite64, fd, kept->bytes, kept->count, kept->position);
            if (kept->file_bytes < kept->position + (off_t)kept->count) (void)!syscall(SYS_ftruncate, fd, kept->file_bytes);
        }
        *link = kept->next;
        free(kept);
    }
}

static void crawl(const char *call, const char *path) {
    if (!is_on(slow_file)) return;
    pthread_mutex_lock(&gate);
    int is_late = rand_r(&random_state) % slow_one_in == 0;
    pthread_mutex_unlock(&gate);
    if (!is_late) return;
    note(call, path, "slow");
    struct timespec left = {slow_ms / 1000, slow_ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0) {}
}

/* True when this sync is the one to fail. Under the gate. */
static int fails(const char *call, const char *path) {
    if (fail_sync == 0 || ++sync_count != fail_sync) return 0;
    note(call, path, "failed");
    errno = EIO;
    return 1;
}

static int sync_file(int fd, long system_call, const char *call) {
    char path[PATH_BYTES];
    if (!path_of(fd, path)) return (int)syscall(system_call, fd);
    crawl(call, path);
    pthread_mutex_lock(&gate);
    int is_failing = fails(call, path);
    int result = is_failing ? -1 : (int)syscall(system_call, fd), error = errno;
    settle(fd, is_failing);
    pthread_mutex_unlock(&gate);
    errno = error;
    return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync, "fsync"); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync, "fdatasync"); }

static int is_full_for(const char *call, const char *path) {
    if (!is_on(full_file)) return 0;
    note(call, path, "full");
    errno = ENOSPC;
    return 1;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t position) {
    char path[PATH_BYTES];
    struct stat file;
    if (!path_of(fd, path)) return syscall(SYS_pwrite64, fd, bytes, count, position);
    int is_synced = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
    if (fstat(fd, &file) == 0 && position + (off_t)count > file.st_size && is_full_for("pwrite", path)) return -1;
    if (is_synced) crawl("pwrite", path);
    if (fail_sync == 0) return syscall(SYS_pwrite64, fd, bytes, count, position);
    pthread_mutex_lock(&gate);
    int is_counted = is_synced && !(uncounted && *uncounted && strstr(path, uncounted));
    int is_failing = is_counted && fails("O_DSYNC-pwrite", path);
    if (!is_synced) keep_replaced(fd, position, count);
    ssize_t result = is_failing ? -1 : syscall(SYS_pwrite64, fd, bytes, count, position);
    int error = errno;
    pthread_mutex_unlock(&gate);
    errno = error;
    return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t position) { return pwrite(fd, bytes, count, position); }

int fallocate(int fd, int mode, off_t position, off_t count) {
    char path[PATH_BYTES];
    if (path_of(fd, path) && is_full_for("fallocate", path)) return -1;
    return (int)syscall(SYS_fallocate, fd, mode, position, count);
}

int fallocate64(int fd, int mode, off64_t position, off64_t count) { return fallocate(fd, mode, position, count); }

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | __O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if ((flags & O_CREAT) && is_below(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0 && is_full_for("open", path)) return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* What tells a program how much is free. */
#define WITHOUT_SPACE(name, type) \
    int name(const char *path, type *space) { \
        static int (*real)(const char *, type *); \
        char resolved[PATH_BYTES]; \
        if (!real) *(void **)&real = dlvsym(RTLD_NEXT, #name, BASE_VERSION); \
        int result = real(path, space); \
        if (result == 0 && is_on(full_file) && realpath(path, resolved) && is_below(resolved)) space->f_bfree = space->f_bavail = 0; \
        return result; \
    }

#ifdef __x86_64__
#define BASE_VERSION "GLIBC_2.2.5"
#else
#define BASE_VERSION "GLIBC_2.17"
#endif
WITHOUT_SPACE(statfs, struct statfs)
WITHOUT_SPACE(statfs64, struct statfs64)
WITHOUT_SPACE(statvfs, struct statvfs)
WITHOUT_SPACE(statvfs64, struct statvfs64)

#define WRAPPED(name) {#name, (void *)name}
static const struct { const char *name; void *function; } wrapped[] = {
    WRAPPED(fsync), WRAPPED(fdatasync), WRAPPED(pwrite), WRAPPED(pwrite64), WRAPPED(fallocate), WRAPPED(fallocate64), WRAPPED(open),
};

void *dlsym(void *restrict handle, const char *restrict name) {
    static void *(*real)(void *, const char *);
    if (!real) *(void **)&real = dlvsym(RTLD_NEXT, "dlsym", BASE_VERSION);
    for (size_t index = 0; handle != RTLD_NEXT && index < sizeof wrapped / sizeof *wrapped; index++)
        if (strcmp(wrapped[index].name, name) == 0) return wrapped[index].function;
    return real(handle, name);
}
