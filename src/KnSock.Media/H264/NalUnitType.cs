namespace KnSock.Media.H264;

/// <summary>What a NAL unit holds (ITU-T H.264, table 7-1); the values that are looked at here.</summary>
public enum NalUnitType : byte
{
    /// <summary>Not specified.</summary>
    None = 0,

    /// <summary>A slice of a picture that refers to others, or may.</summary>
    Slice = 1,

    /// <summary>A slice of a picture at which decoding can start.</summary>
    InstantaneousRefreshSlice = 5,

    /// <summary>Supplemental enhancement information.</summary>
    SupplementalInformation = 6,

    /// <summary>Sequence parameter set.</summary>
    SequenceParameterSet = 7,

    /// <summary>Picture parameter set.</summary>
    PictureParameterSet = 8,

    /// <summary>Access unit delimiter.</summary>
    AccessUnitDelimiter = 9,
}
