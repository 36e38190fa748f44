# cmake -DVERSION=... -DROOT=... -DOUTPUT=... -P WriteVersion.cmake
#
# Writes a header with the version and a fingerprint of the sources of the
# compiler and the runtime, so that no kernel outlives the sources that it was
# compiled by. Leaves a header that is right as it is.
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/include/* ${ROOT}/lib/*)
list(FILTER sources INCLUDE REGEX "\\.(h|cpp|td|txt)$")
list(SORT sources)
set(hashes "")
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} hash)
  string(APPEND hashes "${source} ${hash}\n")
endforeach()
string(SHA256 fingerprint "${hashes}")
string(SUBSTRING ${fingerprint} 0 12 fingerprint)
set(text "#define GDR_VERSION \"${VERSION}+${fingerprint}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUTPUT} "${text}")
endif()
