// Preloaded into a process, it makes every flush to the disk take four milliseconds longer: a slow disk, or a busy machine.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_four_milliseconds(void) {
    struct timespec pause = {0, 4000000};
    nanosleep(&pause, 0);
}

int fsync(int descriptor) {
    int (*original)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_four_milliseconds();
    return original(descriptor);
}

int fdatasync(int descriptor) {
    int (*original)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_four_milliseconds();
    return original(descriptor);
}
