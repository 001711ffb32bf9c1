/* Writes down, in one order, all that a process does to the files below a directory, so that the states in which a power cut could have
 * left them can be built afterwards: LD_PRELOAD=diskjournal.so DISKJOURNAL_DIR=PATH DISKJOURNAL_FILE=FILE. Linux, glibc.
 *
 * An entry, in the machine's byte order; the call has taken effect, and not yet returned, when it is in the file:
 *    0  1  kind: C create, W write, D write through (O_DSYNC), L length, S sync of a file, N sync of a directory, R rename, U unlink, M mkdir
 *    1  1  1 when the bytes of a write are all zero and left out
 *    2  2  length of the name, which follows the header: of C, U and M, and of R both with a line feed between; relative to the directory
 *    4  4  unused
 *    8  8  inode
 *   16  8  position of a write, new length of L
 *   24  8  count of a write; its bytes follow
 *
 * Syncs are written down and left out: the journal alone says what was durable. See diskfaults.c for dlsym. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH_BYTES 4096

struct entry {
    uint8_t kind, is_zero;
    uint16_t name_length;
    uint32_t unused;
    uint64_t inode, position, count;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char directory[PATH_BYTES];
static size_t directory_length;
static int journal = -1;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("DISKJOURNAL_DIR"), *file = getenv("DISKJOURNAL_FILE");
    if (!path || !file || !realpath(path, directory)) return;
    journal = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    directory_length = journal < 0 ? 0 : strlen(directory);
}

static int is_below(const char *path) {
    return directory_length > 0 && strncmp(path, directory, directory_length) == 0 && (path[directory_length] == '/' || !path[directory_length]);
}

static const char *relative(const char *path) { return path[directory_length] ? path + directory_length + 1 : ""; }

/* What a descriptor is, when it lies below the directory. */
static int is_ours(int fd, struct stat *file) {
    char link[32], path[PATH_BYTES];
    int error = errno;
    if (directory_length == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length > 0) path[length] = 0;
    int answer = length > 0 && is_below(path) && fstat(fd, file) == 0;
    errno = error;
    return answer;
}

/* Under the gate. A journal with a hole would prove nothing, so it ends the process. */
static void add(struct entry entry, const char *name, const void *bytes) {
    entry.name_length = (uint16_t)strlen(name);
    struct iovec parts[] = {{&entry, sizeof entry}, {(void *)name, entry.name_length}, {(void *)bytes, bytes ? entry.count : 0}};
    size_t total = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
    int error = errno;
    if ((size_t)syscall(SYS_writev, journal, parts, 3) != total) abort();
    errno = error;
}

static int sync_file(int fd, long system_call) {
    struct stat file;
    if (!is_ours(fd, &file)) return (int)syscall(system_call, fd);
    pthread_mutex_lock(&gate);
    add((struct entry){.kind = S_ISDIR(file.st_mode) ? 'N' : 'S', .inode = file.st_ino}, "", NULL);
    pthread_mutex_unlock(&gate);
    return 0;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int is_zero(const char *bytes, size_t count) { return count > 0 && bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0; }

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t position) {
    struct stat file;
    if (!is_ours(fd, &file)) return syscall(SYS_pwrite64, fd, bytes, count, position);
    uint8_t kind = fcntl(fd, F_GETFL) & O_DSYNC ? 'D' : 'W', zero = (uint8_t)is_zero(bytes, count);
    pthread_mutex_lock(&gate);
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, count, position);
    if (done > 0)
        add((struct entry){.kind = kind, .is_zero = zero, .inode = file.st_ino, .position = (uint64_t)position, .count = (uint64_t)done}, "", zero ? NULL : bytes);
    pthread_mutex_unlock(&gate);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t position) { return pwrite(fd, bytes, count, position); }

static int resize(int fd, long system_call, long first, long second, long third) {
    struct stat file;
    int is_known = is_ours(fd, &file);
    pthread_mutex_lock(&gate);
    int result = (int)syscall(system_call, fd, first, second, third);
    if (result == 0 && is_known && fstat(fd, &file) == 0) add((struct entry){.kind = 'L', .inode = file.st_ino, .position = (uint64_t)file.st_size}, "", NULL);
    pthread_mutex_unlock(&gate);
    return result;
}

int fallocate(int fd, int mode, off_t position, off_t count) { return resize(fd, SYS_fallocate, mode, position, count); }
int fallocate64(int fd, int mode, off64_t position, off64_t count) { return fallocate(fd, mode, position, count); }
int ftruncate(int fd, off_t length) { return resize(fd, SYS_ftruncate, length, 0, 0); }
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    struct stat file;
    if (flags & (O_CREAT | __O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if (!(flags & O_CREAT) || !is_below(path)) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    pthread_mutex_lock(&gate);
    int is_new = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && is_new && fstat(fd, &file) == 0) add((struct entry){.kind = 'C', .inode = file.st_ino}, relative(path), NULL);
    pthread_mutex_unlock(&gate);
    return fd;
}

/* Calls that change names. */
static int change(uint8_t kind, const char *path, const char *target, long arguments[5]) {
    char names[2 * PATH_BYTES];
    pthread_mutex_lock(&gate);
    int result = (int)syscall(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
    if (result == 0 && is_below(path)) {
        snprintf(names, sizeof names, "%s%s%s", relative(path), target ? "\n" : "", target ? relative(target) : "");
        add((struct entry){.kind = kind}, names, NULL);
    }
    pthread_mutex_unlock(&gate);
    return result;
}

int rename(const char *path, const char *target) { return change('R', path, target, (long[]){SYS_renameat, AT_FDCWD, (long)path, AT_FDCWD, (long)target}); }
int unlink(const char *path) { return change('U', path, NULL, (long[]){SYS_unlinkat, AT_FDCWD, (long)path, 0, 0}); }
int mkdir(const char *path, mode_t mode) { return change('M', path, NULL, (long[]){SYS_mkdirat, AT_FDCWD, (long)path, mode, 0}); }

#ifdef __x86_64__
#define BASE_VERSION "GLIBC_2.2.5"
#else
#define BASE_VERSION "GLIBC_2.17"
#endif
#define WRAPPED(name) {#name, (void *)name}
static const struct { const char *name; void *function; } wrapped[] = {
    WRAPPED(fsync), WRAPPED(fdatasync), WRAPPED(pwrite), WRAPPED(pwrite64), WRAPPED(fallocate), WRAPPED(fallocate64),
    WRAPPED(ftruncate), WRAPPED(ftruncate64), WRAPPED(open), WRAPPED(rename), WRAPPED(unlink), WRAPPED(mkdir),
};

void *dlsym(void *restrict handle, const char *restrict name) {
    static void *(*real)(void *, const char *);
    if (!real) *(void **)&real = dlvsym(RTLD_NEXT, "dlsym", BASE_VERSION);
    for (size_t index = 0; handle != RTLD_NEXT && index < sizeof wrapped / sizeof *wrapped; index++)
        if (strcmp(wrapped[index].name, name) == 0) return wrapped[index].function;
    return real(handle, name);
}
