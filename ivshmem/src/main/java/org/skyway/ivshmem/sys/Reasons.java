package org.skyway.ivshmem.sys;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why something could not be done with a file, in words: the JDK has most of it in the names of
/// its exceptions, and the file's name as the message. Any thread.
public final class Reasons {
    private Reasons() {}

    /// Puts it into words.
    ///
    /// @param e what was thrown
    /// @return a few words without the file's name
    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException x -> "there is no such file or folder";
            case AccessDeniedException x -> "permission denied";
            case FileAlreadyExistsException x -> "it exists already";
            case NotDirectoryException x -> "it is no folder";
            case DirectoryNotEmptyException x -> "the folder is not empty";
            case FileSystemException x when x.getReason() != null -> x.getReason();
            case CharacterCodingException x -> "it is no text in UTF-8";
            case FileNotFoundException x -> x.getMessage();
            default -> e.getMessage() == null ? "input or output failed" : e.getMessage();
        };
    }
}
