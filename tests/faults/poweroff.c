/* Stops a mounted ext4 or XFS as a power cut does: poweroff MOUNTPOINT. From now on nothing reaches the medium, not even the journal of the
 * file system; what was not there is lost. The mount answers every call with an error until it is unmounted. Needs root. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define SHUTDOWN _IOR('X', 125, uint32_t) /* XFS_IOC_GOINGDOWN, EXT4_IOC_SHUTDOWN */
#define WITHOUT_FLUSHING_THE_LOG 2

int main(int count, char **arguments) {
    uint32_t how = WITHOUT_FLUSHING_THE_LOG;
    int directory = count == 2 ? open(arguments[1], O_RDONLY | O_DIRECTORY) : -1;
    if (directory < 0 || ioctl(directory, SHUTDOWN, &how) != 0) {
        fprintf(stderr, "poweroff: %s\n", count == 2 ? strerror(errno) : "usage: poweroff MOUNTPOINT");
        return 1;
    }
    return 0;
}
