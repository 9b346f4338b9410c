"""What keeps a stored token from others besides the rights of its file: DPAPI on Windows, nothing more elsewhere."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _NEVER_ASK = 0x1  # CRYPTPROTECT_UI_FORBIDDEN: fail rather than show a window.

    class _Blob(ctypes.Structure):
        _fields_ = (("size", wintypes.DWORD), ("data", ctypes.c_void_p))

    def protect(data: bytes) -> bytes:
        """The bytes encrypted, so that only this user on this machine can read them.

        Raises:
            OSError: Windows has no key for this user, as where no profile is loaded.
        """
        return _crypt("CryptProtectData", data)

    def unprotect(data: bytes) -> bytes:
        """What `protect` was given.

        Raises:
            OSError: Another user, or another machine, protected it, or it was changed since.
        """
        return _crypt("CryptUnprotectData", data)

    def _crypt(name: str, data: bytes) -> bytes:
        crypt = ctypes.WinDLL("crypt32", use_last_error=True)[name]
        # Data; description; entropy; reserved; prompt; flags; the result. Both functions have the same shape.
        pointers = [ctypes.c_void_p] * 4
        crypt.argtypes = [ctypes.POINTER(_Blob), *pointers, wintypes.DWORD, ctypes.POINTER(_Blob)]
        crypt.restype = wintypes.BOOL
        free = ctypes.WinDLL("kernel32").LocalFree
        free.argtypes = [ctypes.c_void_p]
        free.restype = ctypes.c_void_p
        buffer = ctypes.create_string_buffer(data, len(data))
        given = _Blob(len(data), ctypes.cast(buffer, ctypes.c_void_p))
        result = _Blob()
        if not crypt(ctypes.byref(given), None, None, None, None, _NEVER_ASK, ctypes.byref(result)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return ctypes.string_at(result.data, result.size)
        finally:
            free(result.data)

else:

    def protect(data: bytes) -> bytes:
        """The bytes as they are: here the rights of the file alone keep others out."""
        return data

    def unprotect(data: bytes) -> bytes:
        """The bytes as they are."""
        return data
