/* Wall time of calls of an entry point, without an interpreter in between. */
#include <stdint.h>
#include <time.h>

double host_seconds_per_call(int32_t (*entry)(const void *), const void *args,
                             int calls) {
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < calls; ++i)
    if (entry(args) != 0)
      return -1;
  clock_gettime(CLOCK_MONOTONIC, &end);
  return ((end.tv_sec - begin.tv_sec) + 1e-9 * (end.tv_nsec - begin.tv_nsec)) /
         calls;
}
