/* Loaded before the C library (LD_PRELOAD), makes writing below one folder fail while a trigger file exists.
   ISA_FAULT_FOLDER   the folder; files elsewhere are never touched
   ISA_FAULT_TRIGGER  the file; its text is "<errno> <calls> <percent>": the error to give, which calls fail
                      (w writes, t changes of length, s syncs), and how many of a hundred of them */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static __thread unsigned int seed;

/* The error this call has to give, or 0. */
static int failure(int fd, char call)
{
    const char *folder = getenv("ISA_FAULT_FOLDER"), *trigger = getenv("ISA_FAULT_TRIGGER");
    if (!folder || !trigger) return 0;
    int kept = errno, file = open(trigger, O_RDONLY | O_CLOEXEC);
    if (file < 0) { errno = kept; return 0; }

    char text[64] = "", calls[16] = "", link[64], path[4096];
    int error = 0, percent = 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t found = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0 || sscanf(text, "%d %15s %d", &error, calls, &percent) != 3) return 0;
    if (found <= 0 || strncmp(path, folder, strlen(folder)) != 0 || !strchr(calls, call)) return 0;
    if (!seed) seed = (unsigned int)(size_t)&seed ^ (unsigned int)getpid();
    return (int)(rand_r(&seed) % 100) < percent ? error : 0;
}

#define FAIL(fd, call) do { int error = failure(fd, call); if (error) { errno = error; return -1; } } while (0)

ssize_t write(int fd, const void *from, size_t count) { FAIL(fd, 'w'); return NEXT(write)(fd, from, count); }
ssize_t pwrite(int fd, const void *from, size_t count, off_t at) { FAIL(fd, 'w'); return NEXT(pwrite)(fd, from, count, at); }
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) { FAIL(fd, 'w'); return NEXT(pwrite64)(fd, from, count, at); }
int ftruncate(int fd, off_t length) { FAIL(fd, 't'); return NEXT(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { FAIL(fd, 't'); return NEXT(ftruncate64)(fd, length); }
int fsync(int fd) { FAIL(fd, 's'); return NEXT(fsync)(fd); }
int fdatasync(int fd) { FAIL(fd, 's'); return NEXT(fdatasync)(fd); }
